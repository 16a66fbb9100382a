import { type Clock, type Live, type ProviderRecord, systemClock } from '@kumquat/core'
import type { Peers } from '../peer.ts'
import { type CurveOptions, curve } from './curve.ts'
import { RampedPeers } from './ramped-peers.ts'

export interface WarmUpOptions extends CurveOptions {
  readonly clock?: Clock
}

/**
 * Lets the weight of a provider that has just started grow over its `warmupMs`, in few steps. Its age is counted from when
 * it was first seen here, clocks of machines being what they are; only of those in the first set we see, which may have
 * served for long, the `startedAt` is believed, unless it is absent or still to come. One that starts anew begins again.
 *
 * Dubbo's warm-up (AbstractLoadBalance.calculateWarmupWeight), which trusts every clock, on Envoy's slow start.
 *
 * @throws RangeError on an option out of range.
 */
export function warmUp(
  peers: Live<Peers>,
  { clock = systemClock, ...options }: WarmUpOptions = {},
): Live<Peers> & Disposable {
  const births = new Births(clock)
  births.see(peers.current)
  const seeing = peers.subscribe(() => births.see(peers.current))
  const ramped = new RampedPeers({
    peers,
    rampOf: ({ record }) => ({ since: births.of(record), durationMs: record.warmupMs }),
    curve: curve(options),
    clock,
  })
  return {
    get current() {
      return ramped.current
    },
    subscribe: (listener) => ramped.subscribe(listener),
    [Symbol.dispose]() {
      seeing[Symbol.dispose]()
      ramped[Symbol.dispose]()
    },
  }
}

interface Birth {
  readonly startedAt: number
  /** Monotonic, in ms. */
  readonly at: number
}

/** When each provider began to serve, as far as can be told here. */
class Births {
  readonly #clock: Clock
  readonly #byId = new Map<string, Birth>()
  #hasSeenSome = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  see(peers: Peers): void {
    const now = this.#clock.now()
    for (const { record } of peers) {
      const known = this.#byId.get(record.id)
      if (known?.startedAt === record.startedAt) continue
      const ageMs = this.#hasSeenSome ? 0 : this.#claimedAge(record)
      this.#byId.set(record.id, { startedAt: record.startedAt, at: now - ageMs })
    }
    this.#forget(peers)
    if (peers.length > 0) this.#hasSeenSome = true
  }

  /** Monotonic, in ms, of one that was seen. */
  of({ id }: ProviderRecord): number {
    return this.#byId.get(id)!.at
  }

  #claimedAge({ startedAt }: ProviderRecord): number {
    return startedAt > 0 ? Math.max(0, this.#clock.epoch() - startedAt) : 0
  }

  /** Who comes back with the start it had is no newcomer, so those who left are remembered, up to a bound. */
  #forget(peers: Peers): void {
    const present = new Set(peers.map(({ record }) => record.id))
    const crowded = this.#byId.size > 2 * present.size + 100
    for (const [id, { startedAt }] of this.#byId) {
      if (!present.has(id) && (crowded || startedAt === 0)) this.#byId.delete(id)
    }
  }
}
