import type { Clock } from '@kumquat/core'

/**
 * The time, to count events by in slices of a window. A look at the clock costs as much as the counting: from the 256th
 * event in a slice on there is one for 16 of them. What comes between two looks counts as of the earlier.
 */
export class SparingTime {
  readonly #clock: Clock
  readonly #sliceMs: number
  #now = Number.NEGATIVE_INFINITY
  #sliceEnd = Number.NEGATIVE_INFINITY
  #inSlice = 0
  #unlooked = 0

  constructor(clock: Clock, sliceMs: number) {
    this.#clock = clock
    this.#sliceMs = sliceMs
  }

  /** Of one more event. */
  now(): number {
    if (this.#inSlice >= MANY && this.#unlooked < FEW) this.#unlooked++
    else this.#look()
    return this.#now
  }

  #look(): void {
    this.#now = this.#clock.now()
    this.#inSlice += 1 + this.#unlooked
    this.#unlooked = 0
    if (this.#now < this.#sliceEnd) return
    this.#sliceEnd = this.#now + this.#sliceMs
    this.#inSlice = 0
  }
}

const MANY = 256
const FEW = 15
