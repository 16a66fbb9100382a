import type { Clock } from '@kumquat/core'
import type { Sample } from './detectors/detector.ts'
import type { Testimony } from './testimony.ts'
import type { Watcher } from './watcher.ts'

export interface SuspectOptions {
  readonly clock: Clock
  readonly consecutiveFailures: number
  /** Told with each further failure, too. */
  readonly onTooMany: (failuresInARow: number) => void
  readonly onGone: () => void
}

/** What one peer has done since the last look at it, and whether it is ejected. */
export class Suspect implements Watcher {
  readonly id: string
  readonly #options: SuspectOptions
  #ejectedAt: number | undefined
  #ejections = 0
  #failuresInARow = 0
  #works = 0
  #timed = 0
  #fails = 0
  #workedMs = 0

  constructor(id: string, options: SuspectOptions) {
    this.id = id
    this.#options = options
  }

  get objects(): boolean {
    return this.#ejectedAt !== undefined
  }

  /** Monotonic, in ms. */
  get ejectedAt(): number {
    return this.#ejectedAt ?? Number.POSITIVE_INFINITY
  }

  /** So many times, less the intervals in health since. */
  get ejections(): number {
    return this.#ejections
  }

  began(): number {
    return this.#options.clock.now()
  }

  ended(beganAt: number, now: number, testimony: Testimony, timed: boolean): void {
    if (testimony === 'works') {
      this.#works++
      if (timed) {
        this.#timed++
        this.#workedMs += now - beganAt
      }
      this.#failuresInARow = 0
    } else if (testimony === 'fails') {
      this.#fails++
      this.#failuresInARow++
      if (this.#failuresInARow >= this.#options.consecutiveFailures) this.#options.onTooMany(this.#failuresInARow)
    }
  }

  /** Takes the sums, and begins anew. */
  sample(): Sample {
    const meanMs = this.#timed === 0 ? 0 : this.#workedMs / this.#timed
    const counts = { calls: this.#works + this.#fails, failures: this.#fails, timed: this.#timed }
    const sample = { id: this.id, ...counts, meanMs }
    this.#works = 0
    this.#timed = 0
    this.#fails = 0
    this.#workedMs = 0
    return sample
  }

  eject(): void {
    this.#ejectedAt = this.#options.clock.now()
    this.#ejections++
  }

  release(): void {
    this.#ejectedAt = undefined
    this.#failuresInARow = 0
  }

  forgive(): void {
    this.#ejections = Math.max(0, this.#ejections - 1)
  }

  [Symbol.dispose](): void {
    this.#options.onGone()
  }
}
