import { type Clock, systemClock } from '@kumquat/core'
import type { LoadMetric } from '../load.ts'
import { decay } from './decay.ts'
import { Fleet, ResponseTime } from './response-time.ts'

export interface PeakEwmaOptions {
  /** Time in which what was observed loses all but 1/e of its weight, in ms, more than 0. Default 10 000. */
  readonly decayMs?: number
  readonly clock?: Clock
}

/**
 * Makes the metric of what one more call may cost by a moving average of response times that follows a rise at once and a
 * fall slowly, times the calls in flight. Finagle, `PeakEwma.scala`. There a peer that is not called is forgiven until it
 * costs nothing; here until it costs half of what is usual: the slow are tried again, yet the idle do not look fast for
 * being idle. Failures count as slow.
 */
export function peakEwma({ decayMs = 10_000, clock = systemClock }: PeakEwmaOptions = {}): LoadMetric {
  if (!(decayMs > 0 && decayMs < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`decayMs must be a number above 0, got ${decayMs}`)
  }
  const fleet = new Fleet(clock, decayMs)
  return () => new PeakAverage(fleet)
}

class PeakAverage extends ResponseTime {
  readonly #fleet: Fleet
  #averageMs = 0
  #since = 0

  constructor(fleet: Fleet) {
    super(fleet)
    this.#fleet = fleet
  }

  protected override at(now: number): number {
    return this.#forgiven(this.#left(now))
  }

  protected override add(ms: number, now: number): void {
    const left = this.#left(now)
    this.#averageMs = ms > this.#forgiven(left) ? ms : ms * (1 - left) + this.#averageMs * left
    this.#since = now
  }

  #forgiven(left: number): number {
    const floor = Math.min(this.#averageMs, this.#fleet.usualMs / 2)
    return floor + (this.#averageMs - floor) * left
  }

  /** How much of the past still counts. */
  #left(now: number): number {
    return decay((now - this.#since) / this.#fleet.memoryMs)
  }
}
