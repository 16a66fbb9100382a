import {
  type Clock,
  type Filter,
  formatAddress,
  formatServiceKey,
  type Logger,
  MAX_WEIGHT,
  type Observer,
  type ProviderRecord,
  providerRecord,
  type Reply,
  type ServiceKey,
  type Store,
  systemClock,
  uniqueId,
} from '@kumquat/core'
import { registrar } from '@kumquat/registry'
import { advertisedAddress, parseAddress } from './advertise.ts'
import { consoleLogger } from './console-logger.ts'
import { dispatch } from './dispatch.ts'
import { aroundServing } from './filters/order.ts'
import { goodbye } from './goodbye.ts'
import { httpListen } from './http/listen.ts'
import { type Offer, offerOf } from './offer.ts'
import { registerAll } from './registrations.ts'
import { accessRegistry } from './registry-access.ts'
import { stopOnSignals } from './signals.ts'
import type { Listen, ServedCall } from './transport.ts'

/** What a provider advertises of itself, for every service it serves. Defaults are those of `ProviderRecord`. */
export type Advertised = Partial<
  Pick<ProviderRecord, 'gray' | 'weight' | 'warmupMs' | 'zone' | 'tags' | 'author' | 'description'>
>

export interface ProviderOptions extends Advertised {
  /** A URL such as `zookeeper://10.0.0.1:2181/shop`, or an open store, which stays yours to dispose. */
  readonly registry: string | Store
  /** Instances of `@service()` classes, or what `implement()` made. At least one. */
  readonly services: readonly object[]
  /** Where to listen. Default 127.0.0.1, this machine only; `0.0.0.0` is everywhere. */
  readonly host?: string
  /** 0 to 65 535. Default 0, any free one. */
  readonly port?: number
  /** `host` or `host:port` by which others reach us. Default: see `advertisedAddress`. */
  readonly advertise?: string
  /** Default: what each service says of itself. */
  readonly version?: string
  /** Run once per call between the wire and the method, the first outermost. Default none. */
  readonly filters?: readonly Filter<ServedCall, Reply>[]
  /** Told of every call that arrives. Default: nobody, at no cost. */
  readonly observer?: Observer
  /** What `GET /_kumquat/stats` answers, as JSON. Default `{}`. */
  readonly stats?: () => unknown
  /** Default: warnings and errors to standard error. */
  readonly logger?: Logger
  /** Signals at which the provider stops in order, and the process then dies of them. Default SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[]
  /** Greater requests are refused unread. 1 024 bytes to 1 GiB, default 1 MiB. */
  readonly maxBodyBytes?: number
  /** Bound of the registration at the start. Default 5 000. */
  readonly registerTimeoutMs?: number
  /** On stopping: time without a call after which we no longer listen. Default 1 000. */
  readonly quietMs?: number
  /** On stopping: bound of the time we go on serving. Default 10 000. */
  readonly noticeMs?: number
  /** On stopping: bound of the time for calls in flight. Default 30 000. */
  readonly drainTimeoutMs?: number
  /** Default: HTTP. */
  readonly listen?: Listen
  readonly clock?: Clock
}

/** A provider at work. Disposing it is the same as `stop()`. */
export interface Provider extends AsyncDisposable {
  /** `host:port` as advertised. */
  readonly address: string
  /** The port it listens on. */
  readonly port: number
  readonly services: readonly ServiceKey[]
  /** Leaves in order, losing no call. Any further call of it waits for the same end. */
  stop(): Promise<void>
}

/**
 * Serves objects: binds, then registers, then resolves. What was done is undone if a later step fails.
 *
 * @throws TypeError or RangeError on bad options; `RpcError` `failed_precondition` when the port is taken, `unavailable`
 * when the registry does not answer, `already_exists` when another provider is alive at the advertised address.
 */
export async function provider(options: ProviderOptions): Promise<Provider> {
  const { logger = consoleLogger(), signals, clock = systemClock } = options
  const starting = start({ ...options, logger, clock }, () => listening[Symbol.dispose]())
  const stop = async (): Promise<void> => (await starting).stop()
  const listening = stopOnSignals({ stop, logger, ...(signals && { signals }) })
  return starting.catch((error: unknown) => {
    listening[Symbol.dispose]()
    throw error
  })
}

type StartOptions = ProviderOptions & { readonly logger: Logger; readonly clock: Clock }

async function start(options: StartOptions, stopped: () => void): Promise<Provider> {
  const { clock, logger, quietMs = 1_000, noticeMs = 10_000, drainTimeoutMs = 30_000 } = options
  const offers = offersOf(options)
  assertOptions(options)
  const access = await accessRegistry(options.registry, { clock, logger })
  try {
    const { host = '127.0.0.1', port = 0, listen = httpListen(), maxBodyBytes = 1_048_576, filters = [] } = options
    const serve = aroundServing(clock, filters)(dispatch({ offers, logger }))
    const instance = uniqueId()
    const { observer, stats } = options
    const listener = await listen({
      ...{ host, port, offers, serve, instance, maxBodyBytes, clock, logger },
      ...(observer && { observer }),
      ...(stats && { stats }),
    })
    try {
      const { advertise, registerTimeoutMs: timeoutMs = 5_000 } = options
      const bound = { host, port: listener.port }
      const address = advertisedAddress({ bound, ...(advertise !== undefined && { advertise }) })
      const startedAt = clock.epoch()
      const records = offers.map(({ declaration: { service, version }, methods }) => ({
        service,
        record: providerRecord({
          ...advertised(options, version),
          ...address,
          startedAt,
          methods: [...methods.keys()],
        }),
      }))
      const ownRegistrar = registrar(access.store, { logger })
      const registryName = access.name
      const registrations = await registerAll({ registrar: ownRegistrar, records, timeoutMs, registryName, clock })
      let stopping: Promise<void> | undefined
      const stop = (): Promise<void> => {
        stopping ??= goodbye({ listener, registrations, quietMs, noticeMs, drainTimeoutMs, clock, logger })
          .finally(() => access[Symbol.asyncDispose]())
          .finally(stopped)
        return stopping
      }
      return {
        address: formatAddress(address),
        port: listener.port,
        services: records.map(({ service }) => service),
        stop,
        [Symbol.asyncDispose]: stop,
      }
    } catch (error) {
      await listener[Symbol.asyncDispose]()
      throw error
    }
  } catch (error) {
    await access[Symbol.asyncDispose]()
    throw error
  }
}

function offersOf({ services }: ProviderOptions): readonly Offer[] {
  if (services.length === 0) throw new TypeError('services is empty: a provider needs at least one service to serve')
  const offers = services.map(offerOf)
  const names = offers.map(({ declaration }) => formatServiceKey(declaration.service))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new TypeError(`service ${twice} is given twice: one provider serves a service once`)
  return offers
}

function assertOptions(options: ProviderOptions): void {
  const { port = 0, weight = 0, maxBodyBytes = 1_024, advertise } = options
  assertRange('port', port, 0, 65_535)
  assertRange('weight', weight, 0, MAX_WEIGHT)
  assertRange('maxBodyBytes', maxBodyBytes, 1_024, 2 ** 30)
  for (const name of TIMES) assertRange(name, options[name] ?? 0, 0, 2 ** 31 - 1)
  if (advertise !== undefined) parseAddress(advertise, port || 1)
}

const TIMES = ['registerTimeoutMs', 'quietMs', 'noticeMs', 'drainTimeoutMs', 'warmupMs'] as const

function assertRange(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new RangeError(`${name} must be an integer from ${least} to ${most}, got ${value}`)
}

function advertised(options: ProviderOptions, declared: string): Advertised & Pick<ProviderRecord, 'version'> {
  const { gray, weight, warmupMs, zone, tags, author, description, version = declared } = options
  return {
    version,
    ...(gray !== undefined && { gray }),
    ...(weight !== undefined && { weight }),
    ...(warmupMs !== undefined && { warmupMs }),
    ...(zone !== undefined && { zone }),
    ...(tags !== undefined && { tags }),
    ...(author !== undefined && { author }),
    ...(description !== undefined && { description }),
  }
}
