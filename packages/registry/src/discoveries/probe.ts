import type { Clock, ProviderRecord, Rng } from '@kumquat/core'
import { Pace } from '../stores/pace.ts'

/** What a look at a provider shows. `gone`: it refuses connections, or says itself that it leaves. `silent`: nothing in time. */
export type Finding = 'alive' | 'gone' | 'silent'

/** Looks once whether anybody answers at that address. What rejects counts as silent; `signal` ends a look that takes too long. */
export type Probe = (record: ProviderRecord, signal: AbortSignal) => Promise<Finding>

export interface ProberOptions {
  readonly probe: Probe
  /** Looks a second, of all who share this prober; more wait for their turn. Default 200. */
  readonly perSecond?: number
  readonly clock: Clock
  readonly rng: Rng
}

/** What all looks of one process share. */
export class Prober {
  readonly clock: Clock
  readonly rng: Rng
  readonly #probe: Probe
  readonly #pace: Pace

  constructor({ probe, perSecond = 200, clock, rng }: ProberOptions) {
    if (!(perSecond > 0)) throw new RangeError(`perSecond ${perSecond} is not above 0`)
    this.clock = clock
    this.rng = rng
    this.#probe = probe
    this.#pace = new Pace(clock, perSecond)
  }

  /** In how many ms the next look may begin. */
  turn(): number {
    return this.#pace.take(1)
  }

  /** Looks once. Undefined when this process itself was too busy to tell: then silence says nothing of the provider. */
  async look(record: ProviderRecord, timeoutMs: number): Promise<Finding | undefined> {
    const begun = this.clock.now()
    const giveUp = new AbortController()
    const timer = this.clock.after(timeoutMs, () => giveUp.abort())
    const silence = new Promise<Finding>((resolve) => {
      giveUp.signal.addEventListener('abort', () => resolve('silent'), { once: true })
    })
    const answer = this.#probe(record, giveUp.signal).catch((): Finding => 'silent')
    const finding = await Promise.race([answer, silence])
    timer[Symbol.dispose]()
    return finding === 'silent' && this.clock.now() - begun > 2 * timeoutMs ? undefined : finding
  }
}
