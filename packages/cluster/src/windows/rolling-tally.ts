/**
 * How many events there were of late, and how many of them were marked: a ring of ten buckets, O(1). The eldest bucket is
 * forgotten as a whole, so "of late" is between nine tenths of the window and all of it.
 */
export class RollingTally {
  readonly #bucketMs: number
  readonly #eventsIn = new Float64Array(BUCKETS)
  readonly #markedIn = new Float64Array(BUCKETS)
  #newest = 0
  #events = 0
  #marked = 0

  constructor(windowMs: number) {
    this.#bucketMs = windowMs / BUCKETS
  }

  /** As of the last `add` or `advance`, as is `marked`. */
  get events(): number {
    return this.#events
  }

  get marked(): number {
    return this.#marked
  }

  add(now: number, events: number, marked: number): void {
    this.advance(now)
    const at = this.#newest % BUCKETS
    this.#eventsIn[at]! += events
    this.#markedIn[at]! += marked
    this.#events += events
    this.#marked += marked
  }

  /** Forgets what is too old at `now`. A time that goes back is taken for the latest known. */
  advance(now: number): void {
    const newest = Math.floor(now / this.#bucketMs)
    const passed = Math.min(newest - this.#newest, BUCKETS)
    for (let i = 1; i <= passed; i++) this.#forget((this.#newest + i) % BUCKETS)
    if (passed > 0) this.#newest = newest
  }

  clear(): void {
    for (let at = 0; at < BUCKETS; at++) this.#forget(at)
  }

  #forget(at: number): void {
    this.#events -= this.#eventsIn[at]!
    this.#marked -= this.#markedIn[at]!
    this.#eventsIn[at] = 0
    this.#markedIn[at] = 0
  }
}

const BUCKETS = 10
