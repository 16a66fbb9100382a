import { type Clock, systemClock } from '@kumquat/core'
import { BUCKETS, bucketOf, edgeOf } from './duration-buckets.ts'

/** What share of recent calls took how long at most, in ms. */
export interface LivePercentile {
  record(durationMs: number): void
  /** Undefined as long as fewer calls are known than it takes to speak of that percentile. */
  readonly value: number | undefined
}

export interface LivePercentileOptions {
  /** Above 0 and below 100. */
  readonly percentile: number
  /** How old a call may be, more than 0. Forgotten by thirds. Default 30 000. */
  readonly windowMs?: number
  /** How often the value is computed at most, 0 or more; nothing runs while nobody asks. Default 3 000. */
  readonly refreshMs?: number
  readonly clock?: Clock
}

/**
 * A percentile of the calls of the last half minute, at most 4.5 % too high: from 1/16 ms to a minute in steps of 2^(1/16).
 * Window and refreshing: Finagle, finagle-core/…/util/WindowedPercentileHistogram.scala and client/BackupRequestFilter.scala.
 *
 * @throws RangeError on an option out of range.
 */
export function livePercentile({
  percentile,
  windowMs = 30_000,
  refreshMs = 3_000,
  clock = systemClock,
}: LivePercentileOptions): LivePercentile {
  if (!(percentile > 0 && percentile < 100)) {
    throw new RangeError(`percentile must be above 0 and below 100, got ${percentile}`)
  }
  if (!(windowMs > 0 && windowMs < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`windowMs must be a number of ms above 0, got ${windowMs}`)
  }
  if (!(refreshMs >= 0)) throw new RangeError(`refreshMs must be 0 or more, got ${refreshMs}`)
  const recent = new WindowedHistogram(windowMs / PARTS, clock)
  const enough = Math.ceil(100 / (100 - percentile))
  let computedAt = clock.now()
  let value: number | undefined
  return {
    record: (durationMs) => recent.add(durationMs),
    get value() {
      const now = clock.now()
      if (now - computedAt >= refreshMs) {
        computedAt = now
        value = recent.percentile(percentile, enough)
      }
      return value
    },
  }
}

const PARTS = 3

class WindowedHistogram {
  readonly #parts = Array.from({ length: PARTS }, () => new Uint32Array(BUCKETS))
  readonly #partMs: number
  readonly #clock: Clock
  #part: number

  constructor(partMs: number, clock: Clock) {
    this.#partMs = partMs
    this.#clock = clock
    this.#part = this.#now()
  }

  add(durationMs: number): void {
    this.#moveOn()
    this.#parts[this.#part % PARTS]![bucketOf(durationMs)]! += 1
  }

  /** The upper edge of the bucket in which it lies. */
  percentile(percentile: number, enough: number): number | undefined {
    this.#moveOn()
    const total = this.#parts.flatMap((part) => [...part]).reduce((sum, count) => sum + count)
    if (total < enough) return undefined
    const rank = Math.ceil((total * percentile) / 100)
    let below = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      for (const part of this.#parts) below += part[bucket]!
      if (below >= rank) return edgeOf(bucket)
    }
    return undefined
  }

  #now(): number {
    return Math.floor(this.#clock.now() / this.#partMs)
  }

  #moveOn(): void {
    const now = this.#now()
    for (let part = Math.max(this.#part + 1, now - PARTS + 1); part <= now; part++) this.#parts[part % PARTS]!.fill(0)
    this.#part = Math.max(this.#part, now)
  }
}
