import { formatServiceKey } from '@kumquat/core'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Listen, ListenOptions } from '../transport.ts'
import { cannotListen } from './cannot-listen.ts'
import { Exchange, type Exchanges, LEAVING, type Route } from './exchange.ts'
import { isDeeperThan } from './json-depth.ts'
import { HttpListener } from './listener.ts'
import { loadGauge } from './load-gauge.ts'
import { refusalOf, tooDeep } from './refusal.ts'
import { deadEnd, nameIn } from './unknown-path.ts'
import { INSTANCE, JSON_TYPE, LIVE_PATH, READY_PATH, STATS_PATH } from './wire.ts'

/** Limits of a listening server; times in ms. */
export interface HttpListenOptions {
  /** After this much idleness we close a connection. Callers close theirs earlier. Default 75 000. */
  readonly keepAliveTimeoutMs?: number
  /** For the headers of a request to arrive. Default 5 000. */
  readonly headersTimeoutMs?: number
  /** For a whole request to arrive. Default 10 000. */
  readonly requestTimeoutMs?: number
  /** Connections at once; more are closed as they come. Default 10 000. */
  readonly maxConnections?: number
}

/** Serves over HTTP/1.1 with Fastify: docs/reference/wire.md. */
export function httpListen({
  keepAliveTimeoutMs = 75_000,
  headersTimeoutMs = 5_000,
  requestTimeoutMs = 10_000,
  maxConnections = 10_000,
}: HttpListenOptions = {}): Listen {
  return async (options) => {
    const { host, port, serve, observer, instance, clock, logger, maxBodyBytes } = options
    const exchanges: Exchanges = {
      ...{ serve, observer, instance, clock, logger },
      gauge: loadGauge(clock),
      leaving: false,
      refusing: false,
      lastCallAt: clock.now(),
      inFlight: 0,
      onIdle: () => {},
    }
    const app = fastify({
      bodyLimit: maxBodyBytes,
      keepAliveTimeout: keepAliveTimeoutMs,
      requestTimeout: requestTimeoutMs,
      return503OnClosing: false,
      genReqId: () => '',
      frameworkErrors: (error, request, reply) => refuse(exchanges, error, request, reply),
      http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 },
    })
    app.server.maxConnections = maxConnections
    readJsonOnly(app)
    routeCalls(app, exchanges, options)
    routeProbes(app, exchanges, options)
    try {
      await app.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port, backlog: 1_024 })
    } catch (error) {
      exchanges.gauge[Symbol.dispose]()
      await app.close()
      throw cannotListen(host, port, error)
    }
    const bound = app.server.address()
    const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port
    return new HttpListener({ server: app.server, port: boundPort, exchanges, closed: () => app.close() })
  }
}

/** Levels of JSON in a body. */
const MAX_DEPTH = 64

type Carrying = FastifyRequest & { exchange: Exchange | null }

function readJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(JSON_TYPE, { parseAs: 'string' }, (request, text: string, done) => {
    if (text.length === 0) done(null, undefined)
    else if (isDeeperThan(MAX_DEPTH, text)) done(tooDeep(MAX_DEPTH))
    else void parse(request, text, done)
  })
}

function routeCalls(app: FastifyInstance, exchanges: Exchanges, { offers }: ListenOptions): void {
  app.decorateRequest('exchange', null)
  for (const { declaration, methods } of offers) {
    for (const [method, { idempotent }] of methods) {
      const name = { service: declaration.service, method }
      const route: Route = { name, isServed: true, idempotent }
      app.post(`/${formatServiceKey(declaration.service)}/${method}`, {
        onRequest(request, reply, admitted) {
          const exchange = new Exchange(exchanges, route, request.raw, reply)
          ;(request as Carrying).exchange = exchange
          if (exchange.admit()) admitted()
        },
        handler: (request) => (request as Carrying).exchange?.run(name, request.body),
      })
    }
  }
  app.setErrorHandler((error: FastifyError, request, reply) => refuse(exchanges, error, request, reply))
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!
    const name = request.method === 'POST' ? nameIn(path) : undefined
    const exchange = new Exchange(exchanges, { ...STRAY, name }, request.raw, reply)
    if (!exchange.admit()) return
    // Of a name that nobody has, dispatch knows best what to say.
    if (name !== undefined) return exchange.run(name, undefined)
    const { error, status, headers } = deadEnd(request.method, path, (url) => app.hasRoute({ method: 'POST', url }))
    exchange.fail(error, status, headers)
  })
}

/** Answers what the server itself found wrong. */
function refuse(exchanges: Exchanges, error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const exchange = (request as Carrying).exchange ?? new Exchange(exchanges, STRAY, request.raw, reply)
  const refusal = refusalOf(error, request.headers['content-type'], request.routeOptions.bodyLimit)
  exchange.fail(refusal.error, refusal.status)
}

/** A request that leads to no call. */
const STRAY: Route = { name: undefined, isServed: false, idempotent: false }

function routeProbes(
  app: FastifyInstance,
  exchanges: Exchanges,
  { instance, stats = () => ({}) }: ListenOptions,
): void {
  const answer = (reply: FastifyReply, body: unknown): FastifyReply => {
    if (exchanges.leaving) reply.headers(LEAVING)
    return reply.header(INSTANCE, instance).send(body)
  }
  app.get(LIVE_PATH, (_, reply) => answer(reply, { status: 'live' }))
  app.get(READY_PATH, (_, reply) =>
    exchanges.leaving ? answer(reply.code(503), { status: 'leaving' }) : answer(reply, { status: 'ready' }),
  )
  app.get(STATS_PATH, (_, reply) => answer(reply, stats()))
}
