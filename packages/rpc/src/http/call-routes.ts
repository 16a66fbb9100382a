import { formatServiceKey } from '@kumquat/core'
import type { Offer } from '../contract/offer.ts'
import type { App, AppError, AppReply, AppRequest } from './app.ts'
import { asksForLines } from './asks-for-lines.ts'
import { readAtOnce, usualLength } from './body-at-once.ts'
import type { ParseText } from './body-parsing.ts'
import type { CallName } from './error-body.ts'
import { Exchange, type Route } from './exchange.ts'
import type { Exchanges } from './exchanges.ts'
import { refusalOf, tooManyHeaders } from './refusal.ts'

export interface CallRoutesOptions {
  readonly offers: readonly Offer[]
  readonly maxBodyBytes: number
  readonly maxHeaders: number
  /**
   * Reads usual bodies here, where nobody else has a say in it: Default: they pass the parsers and hooks of Fastify, as
   * unusual ones always do.
   */
  readonly parse?: ParseText | undefined
}

/** A route for every method that is offered, and answers in our form to whatever goes wrong on the way there. */
export function routeCalls(
  app: App,
  shared: Exchanges,
  { offers, maxBodyBytes, maxHeaders, parse }: CallRoutesOptions,
): void {
  app.decorateRequest(EXCHANGE, null)
  for (const { declaration, methods } of offers) {
    for (const [method, { idempotent, stream, write }] of methods) {
      const name = { service: declaration.service, method }
      const route: Route = { name, isServed: true, idempotent, stream, write }
      const enter = (request: AppRequest, body: unknown): void => {
        const exchange = (request as Carrying)[EXCHANGE]
        if (asksForLines(request.headers.accept, stream)) exchange?.stream(name, body)
        else exchange?.run(name, body)
      }
      const parsed = (request: AppRequest, reply: AppReply) => (error: Error | null, body?: unknown) =>
        error === null ? enter(request, body) : refuse(shared, error as AppError, request, reply)
      app.post(`/${formatServiceKey(declaration.service)}/${method}`, {
        bodyLimit: maxBodyBytes,
        onRequest(request, reply, admitted) {
          const exchange = new Exchange(shared, route, request.raw, reply)
          ;(request as Carrying)[EXCHANGE] = exchange
          if (!exchange.admit()) return
          const count = request.raw.rawHeaders.length / 2
          if (count > maxHeaders) {
            exchange.refuse(tooManyHeaders(count, maxHeaders))
            return
          }
          const length = parse && usualLength(request.raw, maxBodyBytes)
          if (length === undefined) admitted()
          else readAtOnce(request.raw, length, (text) => parse?.(request, text, parsed(request, reply)), admitted)
        },
        handler: (request) => enter(request, request.body),
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
