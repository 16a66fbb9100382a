import type { Server as HttpServer } from 'node:http'
import { systemClock } from '@kumquat/core'
import { consoleLogger } from '../console-logger.ts'
import type { App } from '../http/app.ts'
import { AttachedListener } from '../http/attached-listener.ts'
import { parseBodies } from '../http/body-parsing.ts'
import { routeCalls } from '../http/call-routes.ts'
import { type Exchanges, exchanges } from '../http/exchanges.ts'
import { type CallLimits, callLimitsOf } from '../http/http-listen-options.ts'
import { routeProbes } from '../http/probe-routes.ts'
import { routeOwnStrays } from '../http/stray-routes.ts'
import { type Provider, provider } from '../provider/provider.ts'
import { assertProviderOptions, offersOf, type ProviderOptions } from '../provider/provider-options.ts'
import type { Listen } from '../transport.ts'

/** Those of a provider, of which the address is that of the app; and the limits of its calls. */
export type KumquatOptions = Omit<ProviderOptions, 'host' | 'port' | 'listen'> & CallLimits

declare module 'fastify' {
  interface FastifyInstance {
    readonly kumquat: KumquatDecoration
  }
}

/** What a Fastify instance has at `kumquat` once the plugin is registered. */
export interface KumquatDecoration {
  /** Resolves when the app listens and the registry has taken the provider; rejects with why not. */
  readonly provider: Promise<Provider>
}

/**
 * A plugin for a Fastify 5 app: `app.register(kumquat, { registry, services })`. The services stand beside the routes of the
 * app, under its hooks, and in the registry from when it listens until it closes.
 *
 * @throws TypeError or RangeError on bad options, and TypeError under a prefix, where no consumer would look.
 */
// The decoration is for the app itself, not for a part of it: the routes have a scope of their own.
export const kumquat: KumquatPlugin = Object.assign(plugin, { [Symbol.for('skip-override')]: true as const })

export type KumquatPlugin = (app: App, options: KumquatOptions) => Promise<void>

async function plugin(app: App, options: KumquatOptions): Promise<void> {
  const { logger = consoleLogger(), clock = systemClock, observer, stats, maxBodyBytes = 1_048_576 } = options
  const complete = { ...options, logger, clock }
  assertRoot(app)
  assertProviderOptions(options)
  const offers = offersOf(options)
  const limits = callLimitsOf(options)

  const shared = exchanges({ clock, logger, readiness: () => 'starting', ...(observer && { observer }) }, limits)
  await app.register(async (scope) => {
    parseBodies(scope, limits)
    routeCalls(scope, shared, { offers, maxBodyBytes, ...limits })
    routeOwnStrays(scope, shared, offers)
    routeProbes(scope, shared, { offers, ...(stats && { stats }) })
  })

  const starting = Promise.race([
    new Promise<Provider>((resolve) => {
      app.addHook('onListen', async () => resolve(provider({ ...complete, listen: attached(app.server, shared) })))
    }),
    new Promise<never>((_, reject) => {
      app.addHook('onClose', async () => reject(new Error('the app was closed before it listened')))
    }),
  ])
  starting.catch((error: unknown) => logger.error({ error }, 'no provider has started in this app'))
  app.decorate('kumquat', { provider: starting })
  beforeClosing(app, async () => {
    if (app.server.listening) await starting.then((one) => one.stop()).catch(() => {})
    shared.gauge[Symbol.dispose]()
  })
}

/**
 * Runs `task` while the app still serves. At its `preClose` Fastify refuses requests already, and no caller could know that its
 * call has not run; of those who wait for the close, the last to come is the first to be told.
 */
function beforeClosing(app: App & { onClose?(task: () => Promise<void>): unknown }, task: () => Promise<void>): void {
  app.addHook('onReady', async () => {
    app.onClose?.(task)
  })
  app.addHook('preClose', task)
}

function assertRoot({ prefix }: App): void {
  if (prefix === '') return
  const asked = JSON.stringify(prefix)
  throw new TypeError(`the prefix ${asked}: calls are POST /<app>/<group>/<method>, so register kumquat without one`)
}

/** Gives a provider the routes that are there already. */
function attached(server: HttpServer, shared: Exchanges): Listen {
  return async ({ serve, serveStream, instance, readiness }) => {
    shared.serve = serve
    shared.serveStream = serveStream
    shared.instance = instance
    if (readiness !== undefined) shared.readiness = readiness
    return new AttachedListener({ server, exchanges: shared, detach: () => {} })
  }
}
