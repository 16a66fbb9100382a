import { type ServiceKey, systemClock } from '@kumquat/core'
import { consoleLogger } from '../console-logger.ts'
import type { Readiness } from '../transport.ts'
import type { Advertised, ProviderOptions } from './provider-options.ts'
import { stopOnSignals } from './signals.ts'
import { start } from './start.ts'

/** A provider at work. Disposing it is the same as `stop()`. */
export interface Provider extends AsyncDisposable {
  /** `host:port` as advertised. */
  readonly address: string
  /** The port it listens on. */
  readonly port: number
  readonly services: readonly ServiceKey[]
  /** Where it stands by now. */
  readonly readiness: Readiness
  /**
   * Enters the registry, or comes back to it; a provider that is not well does so once it is. Rejects with `RpcError` `unavailable`
   * when the registry does not answer and `already_exists` when another is alive at its address, and then goes on trying
   * every 5 s; `canceled` when it is unregistered meanwhile, `failed_precondition` once it stops.
   */
  register(): Promise<void>
  /**
   * Leaves the registry with a goodbye, and serves on those who still call, telling them to look elsewhere. Resolves when the
   * registry has been told; one that is down is told when it is back.
   */
  unregister(): Promise<void>
  /**
   * Advertises a change of what it says of itself, in every service, without leaving: consumers follow within the time of
   * their registry. Rejects with `RangeError` on a bad weight, with `RpcError` `unavailable` when the registry does not
   * answer: the change is made once it does.
   */
  update(change: Advertised): Promise<void>
  /** Leaves in order, losing no call: docs/guides/stop-and-start.md. Called again, it waits for the same end. */
  stop(): Promise<void>
}

/**
 * Serves objects: binds, then registers, then resolves. What was done is undone if a later step fails.
 *
 * @throws TypeError or RangeError on bad options; `RpcError` `failed_precondition` when the port is taken or a loopback
 * address would be advertised to other machines, `unavailable` when the registry does not answer, `already_exists` when another
 * provider is alive at the advertised address.
 */
export async function provider(options: ProviderOptions): Promise<Provider> {
  const { logger = consoleLogger(), clock = systemClock, signals } = options
  const quit = new AbortController()
  const starting = start({ ...options, logger, clock }, quit.signal)
  const stop = async (): Promise<void> => {
    quit.abort()
    await (await starting).stop()
    listening[Symbol.dispose]()
  }
  // From the first moment on: a signal while we start is not lost, it stops what has been started.
  const listening = stopOnSignals({ stop, logger, ...(signals && { signals }) })
  try {
    const { presence, ...started } = await starting
    return {
      ...started,
      get readiness() {
        return presence.readiness
      },
      stop,
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    listening[Symbol.dispose]()
    throw error
  }
}
