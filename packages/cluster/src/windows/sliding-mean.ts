/** The mean of what was added within a window of time, forgotten by tenths of the window. */
export class SlidingMean {
  readonly #sliceMs: number
  readonly #sums = new Float64Array(SLICES)
  readonly #counts = new Uint32Array(SLICES)
  #slice = 0
  #sum = 0
  #count = 0

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICES
  }

  add(value: number, now: number): void {
    const at = this.#moveTo(now)
    this.#sums[at]! += value
    this.#counts[at]! += 1
    this.#sum += value
    this.#count += 1
  }

  /** 0 if nothing was added. */
  at(now: number): number {
    this.#moveTo(now)
    return this.#count === 0 ? 0 : this.#sum / this.#count
  }

  #moveTo(now: number): number {
    const slice = Math.floor(now / this.#sliceMs)
    if (slice > this.#slice) {
      for (let one = Math.max(this.#slice + 1, slice - SLICES + 1); one <= slice; one++) this.#drop(one % SLICES)
      this.#slice = slice
    }
    return this.#slice % SLICES
  }

  #drop(at: number): void {
    this.#count -= this.#counts[at]!
    // Begun anew with nothing left, so that no error of rounding stays.
    this.#sum = this.#count === 0 ? 0 : this.#sum - this.#sums[at]!
    this.#sums[at] = 0
    this.#counts[at] = 0
  }
}

const SLICES = 10
