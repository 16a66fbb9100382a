import { type Clock, systemClock } from '@kumquat/core'
import type { LoadMetric } from '../load.ts'
import { SlidingMean } from '../windows/sliding-mean.ts'
import { Fleet, ResponseTime } from './response-time.ts'

export interface MeanResponseOptions {
  /** How far back it looks, in ms, more than 0, forgetting by tenths of it. Default 30 000. */
  readonly windowMs?: number
  readonly clock?: Clock
}

/**
 * Makes the metric of what one more call may cost by the mean response time within a window, times the calls in flight.
 * Dubbo, `ShortestResponseLoadBalance.java`. There failures are left out, so that whoever has no success looks best; here
 * they count as slow.
 */
export function meanResponse({ windowMs = 30_000, clock = systemClock }: MeanResponseOptions = {}): LoadMetric {
  if (!(windowMs > 0 && windowMs < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`windowMs must be a number above 0, got ${windowMs}`)
  }
  const fleet = new Fleet(clock, windowMs)
  return () => new MeanTime(fleet)
}

class MeanTime extends ResponseTime {
  readonly #times: SlidingMean

  constructor(fleet: Fleet) {
    super(fleet)
    this.#times = new SlidingMean(fleet.memoryMs)
  }

  protected override at(now: number): number {
    return this.#times.at(now)
  }

  protected override add(ms: number, now: number): void {
    this.#times.add(ms, now)
  }
}
