import { once } from 'node:events'
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { formatServiceKey, RpcError } from '@kumquat/core'
import { answerError } from '../http/answer-error.ts'
import { type App, app } from '../http/app.ts'
import { AttachedListener } from '../http/attached-listener.ts'
import { parseBodies } from '../http/body-parsing.ts'
import { refuse, routeCalls } from '../http/call-routes.ts'
import { exchanges } from '../http/exchanges.ts'
import { type CallLimits, callLimitsOf } from '../http/http-listen-options.ts'
import { routeProbes } from '../http/probe-routes.ts'
import { routeStrays } from '../http/stray-routes.ts'
import { isProbe, nameIn } from '../http/unknown-path.ts'
import type { Listen, ListenOptions } from '../transport.ts'

/** Serves the calls among the requests of a server that has other things to do as well. */
export interface Handler {
  /**
   * For `createServer()` of node:http or node:https, and for `use()` of Express and its like. What is no call and no probe
   * goes to `next`; without one it is answered 404.
   */
  (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void
  /** For the `listen` of a provider: it starts when `server` listens, and leaves that open when it stops. */
  on(server: HttpServer): Listen
}

/**
 * Makes one, for one provider at a time. Throws `RangeError` on a bad limit. Sizes of headers, times and connections are for
 * the owner of the server to limit.
 */
export function handler(options: CallLimits = {}): Handler {
  const limits = callLimitsOf(options)
  let current: Mounted | undefined

  const handle = (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void => {
    const path = (request.url ?? '').split('?', 1)[0]!
    if (current?.isOurs(path) || (current !== undefined && next === undefined)) current.app.routing(request, response)
    else if (next !== undefined) next()
    else answerError(response, NOBODY())
  }
  return Object.assign(handle, {
    on: (server: HttpServer): Listen => {
      return async (given) => {
        if (current !== undefined) throw taken()
        const shared = exchanges(given, limits, true)
        const mounted = mount(given, shared, limits)
        current = mounted
        try {
          await mounted.app.ready()
          if (!server.listening) await once(server, 'listening')
          const detach = (): void => {
            current = undefined
            void mounted.app.close()
          }
          return new AttachedListener({ server, exchanges: shared, detach })
        } catch (error) {
          shared.gauge[Symbol.dispose]()
          current = undefined
          throw error
        }
      }
    },
  })
}

interface Mounted {
  readonly app: App
  isOurs(path: string): boolean
}

function mount(given: ListenOptions, shared: ReturnType<typeof exchanges>, limits: Required<CallLimits>): Mounted {
  const { offers, maxBodyBytes } = given
  const serving = app({ maxBodyBytes, refuse: (error, request, reply) => refuse(shared, error, request, reply) })
  parseBodies(serving, limits)
  routeCalls(serving, shared, { ...given, ...limits })
  routeProbes(serving, shared, given)
  routeStrays(serving, shared)
  const keys = new Set(offers.map(({ declaration }) => formatServiceKey(declaration.service)))
  return {
    app: serving,
    isOurs(path) {
      const name = nameIn(path)
      return name === undefined ? isProbe(path) : keys.has(formatServiceKey(name.service))
    },
  }
}

const NOBODY = (): RpcError =>
  new RpcError('unavailable', 'no provider is at work here: it has not started yet, or has stopped', {
    outcome: 'not-run',
  })

const taken = (): RpcError =>
  new RpcError('failed_precondition', 'this handler serves another provider: make a handler for each', {
    outcome: 'not-run',
  })
