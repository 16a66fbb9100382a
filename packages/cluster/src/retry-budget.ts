import { type Clock, systemClock } from '@kumquat/core'
import { SparingTime } from './windows/sparing-time.ts'

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

/** What was added within the window, to a tenth of it: a ring of slots. */
class SlidingSum {
  readonly #slots = new Float64Array(SLOTS)
  readonly #slotMs: number
  readonly #clock: Clock
  readonly #lately: SparingTime
  #slot = Number.NEGATIVE_INFINITY
  #sum = 0

  constructor(windowMs: number, clock: Clock) {
    this.#slotMs = windowMs / SLOTS
    this.#clock = clock
    this.#lately = new SparingTime(clock, this.#slotMs)
  }

  add(amount: number): void {
    this.#addAt(this.#clock.now(), amount)
  }

  /** Adds with few looks at the clock where very much is counted. */
  count(amount: number): void {
    this.#addAt(this.#lately.now(), amount)
  }

  value(): number {
    this.#moveTo(this.#clock.now())
    return this.#sum
  }

  #addAt(now: number, amount: number): void {
    this.#moveTo(now)
    this.#slots[this.#slot % SLOTS]! += amount
    this.#sum += amount
  }

  #moveTo(now: number): void {
    const slot = Math.floor(now / this.#slotMs)
    if (slot <= this.#slot) return
    for (let one = Math.max(this.#slot + 1, slot - SLOTS + 1); one <= slot; one++) this.#slots[one % SLOTS] = 0
    this.#slot = slot
    // Anew, not by differences: fractions must not add up to an error.
    this.#sum = this.#slots.reduce((sum, amount) => sum + amount, 0)
  }
}

function assertWithin(name: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) throw new RangeError(`${name} must be from ${least} to ${most}, got ${value}`)
}
