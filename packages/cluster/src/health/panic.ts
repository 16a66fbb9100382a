import { type Clock, type Endpoint, type Status, systemClock } from '@kumquat/core'
import { assertWithin } from '../range.ts'
import type { HealthPolicy } from './health.ts'

export interface PanicOptions {
  /** Share of peers held to be healthy below which the policy is not believed, 0 (never) to 100. Default 50. */
  readonly healthyPercent?: number
  /** How long it lasts at least, 0 to 60 000: one success among many failures is no end. Default 1 000. */
  readonly leastMs?: number
  readonly clock?: Clock
  /** Told when panic begins and when it ends. Must not throw. */
  readonly onChange?: (panicking: boolean) => void
}

/**
 * Does not believe a policy that holds something against too many: to send all calls to the few that are left would break
 * them too, and the fault is likely not with the peers. Its verdicts stand, endpoints show the status they have without
 * them. Facts, such as a closed line, do not count, nor are they overruled. Envoy's panic threshold.
 *
 * @throws RangeError on an option out of range.
 */
export function panic(
  policy: HealthPolicy,
  { healthyPercent = 50, leastMs = 1_000, clock = systemClock, onChange }: PanicOptions = {},
): HealthPolicy {
  assertWithin('healthyPercent', healthyPercent, 0, 100)
  assertWithin('leastMs', leastMs, 0, 60_000)
  return () => {
    const health = policy()
    let peers = 0
    const state = { panicking: false }
    let since = 0
    let later: Disposable | undefined
    const look = (): void => {
      const accused = new Set(health.verdicts.current.map(({ id }) => id)).size
      const now = (peers - accused) * 100 < healthyPercent * peers
      later?.[Symbol.dispose]()
      later = undefined
      if (now === state.panicking) return
      const leftMs = state.panicking ? since + leastMs - clock.now() : 0
      if (leftMs > 0) {
        later = clock.after(leftMs, look)
        return
      }
      state.panicking = now
      since = clock.now()
      onChange?.(now)
    }
    const watching = health.verdicts.subscribe(look)
    return {
      verdicts: health.verdicts,
      connect: (next) => (record) => {
        let bare!: Endpoint
        const judged = health.connect((one) => {
          bare = next(one)
          return bare
        })(record)
        peers++
        look()
        return new PanickingEndpoint(bare, judged, state, async () => {
          peers--
          const disposed = judged[Symbol.asyncDispose]()
          look()
          await disposed
        })
      },
      [Symbol.dispose]() {
        watching[Symbol.dispose]()
        later?.[Symbol.dispose]()
        health[Symbol.dispose]()
        state.panicking = false
      },
    }
  }
}

/** A class, since V8 keeps literals with accessors and symbols in slow tables, and every call reads this one. */
class PanickingEndpoint implements Endpoint {
  readonly invoke: Endpoint['invoke']
  readonly #bare: Endpoint
  readonly #judged: Endpoint
  readonly #state: { readonly panicking: boolean }
  readonly #leave: () => Promise<void>

  constructor(bare: Endpoint, judged: Endpoint, state: { readonly panicking: boolean }, leave: () => Promise<void>) {
    this.invoke = judged.invoke
    this.#bare = bare
    this.#judged = judged
    this.#state = state
    this.#leave = leave
  }

  get status(): Status {
    return this.#state.panicking ? this.#bare.status : this.#judged.status
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#leave()
  }
}
