import { type Clock, every, type Live } from '@kumquat/core'
import type { Detector } from './detectors/detector.ts'
import { Docket } from './docket.ts'
import type { Verdict } from './health.ts'
import { Suspect } from './suspect.ts'
import type { Watcher } from './watcher.ts'

export interface EjectionsOptions {
  /** Time between two looks at all peers, 100 to 3 600 000. Default 10 000. */
  readonly intervalMs: number
  /** Time out of use, times the number of ejections less that of intervals in health since. 100 to 3 600 000. Default 30 000. */
  readonly baseEjectionMs: number
  /** Up to here, at most 86 400 000. Default 300 000. */
  readonly maxEjectionMs: number
  /** Share of the peers that may be out of use at a time, 0 to 100; one of two or more always may. Default 10. */
  readonly maxEjectedPercent: number
  /** Failures in a row that eject at once, from 1. Default 5. */
  readonly consecutiveFailures: number
  /** Default: success rate, failure percentage, latency. */
  readonly detectors: readonly Detector[]
}

/** The peers of one service, and which of them are out of use. Looks at them as long as there are any. */
export class Ejections {
  readonly #options: EjectionsOptions
  readonly #clock: Clock
  readonly #docket = new Docket()
  readonly #suspects = new Set<Suspect>()
  /** In the order of ejection. */
  readonly #ejected = new Set<Suspect>()
  #looking: Disposable | undefined

  constructor(options: EjectionsOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
  }

  get verdicts(): Live<readonly Verdict[]> {
    return this.#docket.verdicts
  }

  watch(id: string): Watcher {
    const { consecutiveFailures } = this.#options
    const suspect = new Suspect(id, {
      clock: this.#clock,
      consecutiveFailures,
      onTooMany: (inARow) => this.#eject(suspect, `${inARow} failures in a row`),
      onGone: () => this.#forget(suspect),
    })
    this.#suspects.add(suspect)
    this.#looking ??= every(this.#clock, this.#options.intervalMs, () => this.#look())
    return suspect
  }

  #look(): void {
    const serving = new Map([...this.#suspects].filter(({ objects }) => !objects).map((one) => [one.id, one]))
    const samples = [...this.#suspects].map((suspect) => suspect.sample()).filter(({ id }) => serving.has(id))
    for (const detect of this.#options.detectors) {
      for (const { id, reason } of detect(samples)) this.#eject(serving.get(id), reason)
    }
    for (const suspect of this.#suspects) if (!suspect.objects) suspect.forgive()
    for (const suspect of [...this.#ejected]) if (this.#hasServed(suspect)) this.#release(suspect)
  }

  #hasServed({ ejectedAt, ejections }: Suspect): boolean {
    const { baseEjectionMs, maxEjectionMs } = this.#options
    return this.#clock.now() - ejectedAt >= Math.min(baseEjectionMs * ejections, maxEjectionMs)
  }

  #eject(suspect: Suspect | undefined, reason: string): void {
    if (suspect === undefined || suspect.objects || !this.#suspects.has(suspect)) return
    if (this.#ejected.size >= this.#most) return
    suspect.eject()
    this.#ejected.add(suspect)
    const { id } = suspect
    this.#docket.set({ id, policy: 'outlier ejection', state: 'ejected', reason, since: this.#clock.epoch() })
  }

  #release(suspect: Suspect): void {
    suspect.release()
    this.#ejected.delete(suspect)
    this.#docket.delete(suspect.id)
  }

  /** Where fewer are left, fewer may be out of use: who has been so for longest comes back. */
  #forget(suspect: Suspect): void {
    this.#suspects.delete(suspect)
    if (suspect.objects) this.#release(suspect)
    for (const one of this.#ejected) if (this.#ejected.size > this.#most) this.#release(one)
    if (this.#suspects.size > 0) return
    this.#looking?.[Symbol.dispose]()
    this.#looking = undefined
  }

  get #most(): number {
    const peers = this.#suspects.size
    return peers < 2 ? 0 : Math.max(1, Math.floor((peers * this.#options.maxEjectedPercent) / 100))
  }
}
