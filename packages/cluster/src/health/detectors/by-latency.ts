import { assertInteger, assertWithin } from '../../range.ts'
import { type Detector, substantial, type Volume, worstFirst } from './detector.ts'

export interface ByLatencyOptions extends Partial<Volume> {
  /** How many times the median of the others is too slow, above 1 to 1 000. Default 5. */
  readonly factor?: number
  /** A mean below this, in ms, is never too slow: it may be the way to another zone. 0 to 3 600 000. Default 10. */
  readonly leastMs?: number
}

/**
 * Peers whose mean duration of a call is many times the median of the others. Needs 3 peers with 50 calls. After the
 * weight control of sofa-rpc (fault/…/TimeWindowRegulator), which takes the mean of all, and so is misled by the slow one.
 *
 * @throws RangeError on an option out of range.
 */
export function byLatency({ factor = 5, leastMs = 10, minHosts = 3, minCalls = 50 }: ByLatencyOptions = {}): Detector {
  assertWithin('factor', factor, 1.01, 1_000)
  assertWithin('leastMs', leastMs, 0, 3_600_000)
  assertInteger('minHosts', minHosts, 2, 1_000_000)
  assertInteger('minCalls', minCalls, 1, 1_000_000)
  return (samples) => {
    const measured = samples.filter(({ calls, failures, timed = calls - failures }) => timed > 0)
    const sorted = [...substantial(measured, { minHosts, minCalls })].sort((a, b) => a.meanMs - b.meanMs)
    const means = sorted.map(({ meanMs }) => meanMs)
    const slow = sorted.flatMap(({ id, meanMs }, index) => {
      const median = medianWithout(means, index)
      return meanMs >= leastMs && meanMs >= factor * median ? [{ id, meanMs, median, badness: meanMs }] : []
    })
    return worstFirst(slow).map(({ id, meanMs, median }) => ({
      id,
      reason: `its calls took ${meanMs.toFixed(1)} ms on average, those of the others about ${median.toFixed(1)} ms`,
    }))
  }
}

/** The median of sorted numbers, one left out. */
function medianWithout(sorted: readonly number[], left: number): number {
  const others = sorted.length - 1
  const other = (rank: number): number => sorted[rank < left ? rank : rank + 1]!
  return (other(Math.floor((others - 1) / 2)) + other(Math.floor(others / 2))) / 2
}
