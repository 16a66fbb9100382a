import { formatServiceKey, RpcError } from '@kumquat/core'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Listen, ListenOptions } from '../transport.ts'
import { Exchange, type Exchanges, LEAVING, type Route } from './exchange.ts'
import { isDeeperThan } from './json-depth.ts'
import { HttpListener } from './listener.ts'
import { loadGauge } from './load-gauge.ts'
import { refusalOf, tooDeep } from './refusal.ts'
import { deadEnd, nameIn } from './unknown-path.ts'
import { INSTANCE, JSON_TYPE, LIVE_PATH, READY_PATH, STATS_PATH } from './wire.ts'

export interface HttpListenOptions {
  /** After this much idleness we close a connection. Callers close theirs earlier. Default 75 000. */
  readonly keepAliveTimeoutMs?: number
}

/** Serves over HTTP/1.1 with Fastify: docs/reference/wire.md. Limits are those of reliability.md 3.13. */
export function httpListen({ keepAliveTimeoutMs = 75_000 }: HttpListenOptions = {}): Listen {
  return async (options) => {
    const { host, port, serve, observer, instance, clock, maxBodyBytes } = options
    const exchanges: Exchanges = {
      ...{ serve, observer, instance, clock },
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
      requestTimeout: 10_000,
      return503OnClosing: false,
      genReqId: () => '',
      http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 },
    })
    app.server.maxConnections = 10_000
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

function routeCalls(app: FastifyInstance, exchanges: Exchanges, { offers, maxBodyBytes }: ListenOptions): void {
  app.decorateRequest('exchange', null)
  for (const { declaration, methods } of offers) {
    for (const [method, { idempotent }] of methods) {
      const name = { service: declaration.service, method }
      const route: Route = { name, idempotent }
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
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const exchange = (request as Carrying).exchange ?? new Exchange(exchanges, STRAY, request.raw, reply)
    const refusal = refusalOf(error, request.headers['content-type'], maxBodyBytes)
    exchange.fail(refusal.error, refusal.status)
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!
    const name = request.method === 'POST' ? nameIn(path) : undefined
    const exchange = new Exchange(
      exchanges,
      name === undefined ? STRAY : { name, idempotent: false },
      request.raw,
      reply,
    )
    if (!exchange.admit()) return
    // Of the name that nobody has, dispatch knows best what to say.
    if (name !== undefined) return exchange.run(name, undefined)
    const { error, status, headers } = deadEnd(request.method, path, (url) => app.hasRoute({ method: 'POST', url }))
    exchange.fail(error, status, headers)
  })
}

/** A request that leads to no call. */
const STRAY: Route = { name: undefined, idempotent: false }

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

function cannotListen(host: string, port: number, error: unknown): RpcError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const remedy = REMEDIES[String(code)] ?? 'see the cause'
  const reason = error instanceof Error ? error.message : String(error)
  return new RpcError('failed_precondition', `cannot listen on port ${port} of ${host}: ${remedy} (${reason})`, {
    outcome: 'not-run',
    cause: error,
  })
}

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is in use; stop the process that has it, or choose another port, 0 for any free one',
  EACCES: 'this user may not; choose a port above 1023',
  EADDRNOTAVAIL: 'this machine has no such address; choose one of its own, or 0.0.0.0 for all',
  ENOTFOUND: 'the host has no address; choose one of this machine, or 0.0.0.0 for all',
}
