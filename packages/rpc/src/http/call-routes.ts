import { formatServiceKey } from '@kumquat/core'
import type { Offer } from '../contract/offer.ts'
import type { App, AppError, AppReply, AppRequest } from './app.ts'
import { asksForLines } from './asks-for-lines.ts'
import { readAtOnce, usualLength } from './body-at-once.ts'
import type { CallName } from './error-body.ts'
import { Exchange, type Route } from './exchange.ts'
import type { Exchanges } from './exchanges.ts'
import { parseArguments } from './parse-arguments.ts'
import { refusalOf, tooManyHeaders } from './refusal.ts'

export interface CallRoutesOptions {
  readonly offers: readonly Offer[]
  readonly maxBodyBytes: number
  readonly maxHeaders: number
  /** Levels of the arguments. */
  readonly maxDepth: number
}

/** A route for every method that is offered, and answers in our form to whatever goes wrong on the way there. */
export function routeCalls(
  app: App,
  shared: Exchanges,
  { offers, maxBodyBytes, maxHeaders, maxDepth }: CallRoutesOptions,
): void {
  app.decorateRequest(EXCHANGE, null)
  for (const { declaration, methods } of offers) {
    for (const [method, { idempotent, stream, write }] of methods) {
      const name = { service: declaration.service, method }
      const route: Route = { name, isServed: true, idempotent, stream, write }
      const enter = (exchange: Exchange, accept: string | undefined, body: unknown): void => {
        if (asksForLines(accept, stream)) exchange.stream(name, body)
        else exchange.run(name, body)
      }
      const enterWith = (exchange: Exchange, accept: string | undefined, text: string): void => {
        let body: unknown
        try {
          body = parseArguments(text, maxDepth)
        } catch (error) {
          exchange.fail(error)
          return
        }
        enter(exchange, accept, body)
      }
      app.post(`/${formatServiceKey(declaration.service)}/${method}`, {
        bodyLimit: maxBodyBytes,
        onRequest(request, reply, admitted) {
          const { raw } = request
          const exchange = new Exchange(shared, route, raw, reply)
          ;(request as Carrying)[EXCHANGE] = exchange
          if (!exchange.admit()) return
          const count = raw.rawHeaders.length / 2
          if (count > maxHeaders) {
            exchange.refuse(tooManyHeaders(count, maxHeaders))
            return
          }
          // What Fastify does for a usual body costs more than the call; where others are in the server, they see it.
          const length = shared.isAlone ? usualLength(raw, maxBodyBytes) : undefined
          if (length === undefined) admitted()
          else readAtOnce(raw, length, (text) => enterWith(exchange, raw.headers.accept, text), admitted)
        },
        handler(request) {
          const exchange = (request as Carrying)[EXCHANGE]
          if (exchange) enter(exchange, request.headers.accept, request.body)
        },
      })
    }
  }
  app.setErrorHandler((error: AppError, request, reply) => refuse(shared, error, request, reply))
}

/** Answers what the server itself found wrong. */
export function refuse(shared: Exchanges, error: AppError, request: AppRequest, reply: AppReply): void {
  const exchange = (request as Carrying)[EXCHANGE] ?? new Exchange(shared, STRAY, request.raw, reply)
  exchange.refuse(refusalOf(error, request.headers['content-type'], request.routeOptions.bodyLimit))
}

/** The exchange of a request that has no route. */
export const stray = (shared: Exchanges, request: AppRequest, reply: AppReply, name?: CallName): Exchange =>
  new Exchange(shared, { ...STRAY, name }, request.raw, reply)

const STRAY: Route = { name: undefined, isServed: false, idempotent: false }

const EXCHANGE = Symbol('exchange')

type Carrying = AppRequest & { [EXCHANGE]?: Exchange | null }
