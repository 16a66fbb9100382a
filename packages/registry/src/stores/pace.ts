import type { Clock } from '@kumquat/core'

/** Spreads work over time: so much of it a second, whoever asks. */
export class Pace {
  readonly #clock: Clock
  readonly #perSecond: number
  #freeAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock
    this.#perSecond = perSecond
  }

  /** Takes the next free time for work of this size, and says in how many ms that is. */
  take(size: number): number {
    const now = this.#clock.now()
    const at = Math.max(now, this.#freeAt)
    this.#freeAt = at + (1_000 * size) / this.#perSecond
    return at - now
  }
}
