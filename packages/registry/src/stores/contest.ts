import type { Clock } from '@kumquat/core'

/** So many removals within so much time are no accident. */
export const CONTEST_REMOVALS = 5
export const CONTEST_MS = 60_000

/** Whether an entry that another hand keeps removing shall be restored: an operator may want it out. */
export class Contest {
  readonly #clock: Clock
  #restoredAt: readonly number[] = []
  #yieldsUntil = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether the other hand has its way at present. */
  get yields(): boolean {
    return this.#clock.now() < this.#yieldsUntil
  }

  /** Called for each removal, before it is undone. From the answer true on, `yields` for a while. */
  isLost(): boolean {
    const now = this.#clock.now()
    this.#restoredAt = this.#restoredAt.filter((at) => now - at < CONTEST_MS)
    if (this.#restoredAt.length < CONTEST_REMOVALS - 1) return false
    this.#restoredAt = []
    this.#yieldsUntil = now + CONTEST_MS
    return true
  }

  restored(): void {
    this.#restoredAt = [...this.#restoredAt, this.#clock.now()]
  }
}
