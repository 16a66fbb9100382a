import { type Clock, systemClock } from '@kumquat/core'

/** What may be spent on further attempts. One object serves the retries, hedges and requeues of a whole consumer. */
export interface RetryBudget {
  /** Counts a first attempt. */
  deposit(): void
  /** Pays for one further attempt. False, and nothing is taken, if that is not to be had. */
  withdraw(): boolean
  /** How many further attempts could be paid for now. */
  readonly balance: number
}

export interface RetryBudgetOptions {
  /** Further attempts for 100 first ones, 0 to 100. Default 20. */
  readonly percent?: number
  /** Further attempts a second that need no first ones, 0 or more: a reserve of one window. Default 10. */
  readonly minPerSecond?: number
  /** Time after which deposits and withdrawals are forgotten, 1 000 to 60 000. Default 10 000. */
  readonly windowMs?: number
  readonly clock?: Clock
}

/**
 * Keeps further attempts to a share of the first ones, and a reserve for who makes few: retries cannot drown what has just
 * begun to recover. O(1).
 *
 * Finagle, finagle-core/…/service/RetryBudget.scala: a leaky token bucket, with its defaults.
 *
 * @throws RangeError on an option out of range.
 */
export function retryBudget({
  percent = 20,
  minPerSecond = 10,
  windowMs = 10_000,
  clock = systemClock,
}: RetryBudgetOptions = {}): RetryBudget {
  assertWithin('percent', percent, 0, 100)
  assertWithin('minPerSecond', minPerSecond, 0, Number.MAX_SAFE_INTEGER)
  assertWithin('windowMs', windowMs, 1_000, 60_000)
  const reserve = ((minPerSecond * windowMs) / 1_000) * PRICE
  const recent = new SlidingSum(windowMs, clock)
  return {
    deposit: () => recent.count(percent),
    withdraw() {
      if (reserve + recent.value() < PRICE) return false
      recent.add(-PRICE)
      return true
    },
    get balance() {
      return Math.max(0, Math.floor((reserve + recent.value()) / PRICE))
    },
  }
}

/** Of one further attempt, where a first one brings `percent`: whole numbers, so nothing is lost in rounding. */
const PRICE = 100
const SLOTS = 10
const MANY = 256
const FEW = 15

/** What was added within the window, to a tenth of it: a ring of slots. */
class SlidingSum {
  readonly #slots = new Float64Array(SLOTS)
  readonly #slotMs: number
  readonly #clock: Clock
  #slot = Number.NEGATIVE_INFINITY
  #sum = 0
  /** Counted since the clock was last looked at, and in this slot by then. */
  #unlooked = 0
  #inSlot = 0

  constructor(windowMs: number, clock: Clock) {
    this.#slotMs = windowMs / SLOTS
    this.#clock = clock
  }

  add(amount: number): void {
    this.#moveOn()
    this.#slots[this.#slot % SLOTS]! += amount
    this.#sum += amount
  }

  /**
   * Adds with few looks at the clock where very much is counted: one for 16 from the 256th in a slot on. What comes between two
   * looks counts as of the earlier.
   */
  count(amount: number): void {
    if (this.#inSlot < MANY || this.#unlooked === FEW) {
      this.#moveOn()
      this.#inSlot += 1 + this.#unlooked
      this.#unlooked = 0
    } else {
      this.#unlooked++
    }
    this.#slots[this.#slot % SLOTS]! += amount
    this.#sum += amount
  }

  value(): number {
    this.#moveOn()
    return this.#sum
  }

  #moveOn(): void {
    const now = Math.floor(this.#clock.now() / this.#slotMs)
    if (now <= this.#slot) return
    for (let slot = Math.max(this.#slot + 1, now - SLOTS + 1); slot <= now; slot++) this.#slots[slot % SLOTS] = 0
    this.#slot = now
    this.#inSlot = 0
    // Anew, not by differences: fractions must not add up to an error.
    this.#sum = this.#slots.reduce((sum, amount) => sum + amount, 0)
  }
}

function assertWithin(name: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) throw new RangeError(`${name} must be from ${least} to ${most}, got ${value}`)
}
