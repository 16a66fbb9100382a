/**
 * Keeps what is taken to a share of what was counted within the last ten seconds, to a tenth of it: a ring of slots, O(1).
 * A few may always be taken, so that who sees little is not held to nothing.
 */
export class CappedShare {
  readonly #percent: number
  readonly #counted = new Float64Array(SLOTS)
  readonly #taken = new Float64Array(SLOTS)
  #slot = Number.NEGATIVE_INFINITY
  #allCounted = 0
  #allTaken = 0

  /** 0 to 100. */
  constructor(percent: number) {
    this.#percent = percent
  }

  /** Counts one. `now` is in ms, and does not go back. */
  count(now: number): void {
    this.#moveOn(now)
    this.#counted[this.#slot % SLOTS]! += 1
    this.#allCounted += 1
  }

  /** Takes one of those counted; false, and nothing is taken, if that were too many. */
  take(now: number): boolean {
    this.#moveOn(now)
    if (this.#percent === 0) return false
    if (this.#allTaken >= Math.max(ALWAYS, Math.floor((this.#allCounted * this.#percent) / 100))) return false
    this.#taken[this.#slot % SLOTS]! += 1
    this.#allTaken += 1
    return true
  }

  #moveOn(now: number): void {
    const current = Math.floor(now / SLOT_MS)
    if (current <= this.#slot) return
    for (let slot = Math.max(this.#slot + 1, current - SLOTS + 1); slot <= current; slot++) {
      this.#counted[slot % SLOTS] = 0
      this.#taken[slot % SLOTS] = 0
    }
    this.#slot = current
    this.#allCounted = sum(this.#counted)
    this.#allTaken = sum(this.#taken)
  }
}

const sum = (amounts: Float64Array): number => amounts.reduce((all, amount) => all + amount, 0)

const SLOTS = 10
const SLOT_MS = 1_000
/** Within the window. */
const ALWAYS = 10
