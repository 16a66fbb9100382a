/**
 * How many events there were of late, and how many of them were marked: a ring of ten buckets, O(1). The eldest bucket is
 * forgotten as a whole, so "of late" is between nine tenths of the window and all of it. The newest bucket is kept beside the
 * ring, so that an event touches one object and no array: with a thousand of these, memory is what costs.
 */
export class RollingTally {
  readonly #bucketMs: number
  readonly #eventsIn = new Float64Array(BUCKETS)
  readonly #markedIn = new Float64Array(BUCKETS)
  #newest = 0
  #newEvents = 0
  #newMarked = 0
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
    this.#newEvents += events
    this.#newMarked += marked
    this.#events += events
    this.#marked += marked
  }

  /** Forgets what is too old at `now`. A time that goes back is taken for the latest known. */
  advance(now: number): void {
    const newest = Math.floor(now / this.#bucketMs)
    if (newest <= this.#newest) return
    const last = this.#newest
    this.#eventsIn[last % BUCKETS] = this.#newEvents
    this.#markedIn[last % BUCKETS] = this.#newMarked
    this.#newEvents = 0
    this.#newMarked = 0
    const passed = Math.min(newest - last, BUCKETS)
    for (let i = 1; i <= passed; i++) this.#forget((last + i) % BUCKETS)
    this.#newest = newest
  }

  clear(): void {
    this.#eventsIn.fill(0)
    this.#markedIn.fill(0)
    this.#newEvents = 0
    this.#newMarked = 0
    this.#events = 0
    this.#marked = 0
  }

  #forget(at: number): void {
    this.#events -= this.#eventsIn[at]!
    this.#marked -= this.#markedIn[at]!
    this.#eventsIn[at] = 0
    this.#markedIn[at] = 0
  }
}

/** In a window. */
export const BUCKETS = 10
