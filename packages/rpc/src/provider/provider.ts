import { formatAddress, type ServiceKey, systemClock, uniqueId } from '@kumquat/core'
import { registrar } from '@kumquat/registry'
import { consoleLogger } from '../console-logger.ts'
import { publishContracts } from '../contract/published/publish-contracts.ts'
import { aroundServing } from '../filters/order.ts'
import { httpListen } from '../http/listen.ts'
import { accessRegistry } from '../registry-access.ts'
import { advertisedAddress } from './advertise.ts'
import { dispatch } from './dispatch.ts'
import { goodbye } from './goodbye.ts'
import { isProduction } from './is-production.ts'
import {
  type Advertised,
  assertAdvertised,
  assertProviderOptions,
  offersOf,
  type ProviderOptions,
  recordsOf,
  saidIn,
} from './provider-options.ts'
import { registerAll } from './registrations.ts'
import { stopOnSignals } from './signals.ts'

/** A provider at work. Disposing it is the same as `stop()`. */
export interface Provider extends AsyncDisposable {
  /** `host:port` as advertised. */
  readonly address: string
  /** The port it listens on. */
  readonly port: number
  readonly services: readonly ServiceKey[]
  /**
   * Advertises a change of what it says of itself, in every service, without leaving: consumers follow within the time of
   * their registry. Rejects with `RangeError` on a bad weight, with `RpcError` `unavailable` when the registry does not
   * answer: the change is made once it does.
   */
  update(change: Advertised): Promise<void>
  /** Leaves in order, losing no call. Called again, it waits for the same end. */
  stop(): Promise<void>
}

/**
 * Serves objects: binds, then registers, then resolves. What was done is undone if a later step fails.
 *
 * @throws TypeError or RangeError on bad options; `RpcError` `failed_precondition` when the port is taken, `unavailable`
 * when the registry does not answer, `already_exists` when another provider is alive at the advertised address.
 */
export async function provider(options: ProviderOptions): Promise<Provider> {
  const { logger = consoleLogger(), clock = systemClock, signals } = options
  const starting = start({ ...options, logger, clock })
  // From the first moment on: a signal while we start is not lost, it stops what has been started.
  const listening = stopOnSignals({ stop: () => stop(), logger, ...(signals && { signals }) })
  const stop = async (): Promise<void> => {
    await (await starting).stop()
    listening[Symbol.dispose]()
  }
  try {
    return { ...(await starting), stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    listening[Symbol.dispose]()
    throw error
  }
}

type Complete = ProviderOptions & Required<Pick<ProviderOptions, 'logger' | 'clock'>>

async function start(options: Complete): Promise<Omit<Provider, typeof Symbol.asyncDispose>> {
  const { registry, clock, logger, host = '127.0.0.1', port = 0, maxBodyBytes = 1_048_576 } = options
  const { listen = httpListen(), filters = [], observer, stats, advertise, validateReplies = !isProduction() } = options
  const offers = offersOf(options)
  assertProviderOptions(options)

  const access = await accessRegistry(registry, { clock, logger })
  const serve = aroundServing(clock, filters, options)(dispatch({ offers, logger, validateReplies }))
  const listener = await listen({
    ...{ host, port, offers, serve, instance: uniqueId(), maxBodyBytes, clock, logger },
    ...(observer && { observer }),
    ...(stats && { stats }),
  }).catch(after(access))

  const bound = { host, port: listener.port }
  const address = advertisedAddress({ bound, ...(advertise !== undefined && { advertise }) })
  const records = recordsOf(offers, options, address, { startedAt: clock.epoch(), transports: listener.transports })
  const { registerTimeoutMs: timeoutMs = 5_000 } = options
  const { store, name: registryName } = access
  const contracts = offers.map(({ published }) => published)
  const publishing = publishContracts(contracts, { store, timeoutMs, clock, logger })
  const registering = { registrar: registrar(store, { logger }), session: store.session, registryName, records, clock }
  const registrations = await registerAll({ ...registering, timeoutMs }).catch(after(listener, access))
  await publishing

  const { quietMs = 1_000, noticeMs = 10_000, drainTimeoutMs = 30_000 } = options
  let leaving: Promise<void> | undefined
  return {
    address: formatAddress(address),
    port: listener.port,
    services: records.map(({ service }) => service),
    async update(change) {
      assertAdvertised(change)
      await Promise.all(registrations.map((registration) => registration.update(saidIn(change))))
    },
    stop() {
      leaving ??= goodbye({ listener, registrations, quietMs, noticeMs, drainTimeoutMs, clock, logger }).finally(() =>
        access[Symbol.asyncDispose](),
      )
      return leaving
    },
  }
}

/** Undoes what had been done when a later step failed, and fails with that. */
function after(...done: readonly AsyncDisposable[]): (error: unknown) => Promise<never> {
  return async (error) => {
    for (const one of done) await one[Symbol.asyncDispose]()
    throw error
  }
}
