import { assertInteger, assertWithin } from '../../range.ts'
import { type Detector, substantial, type Volume, worstFirst } from './detector.ts'

export interface ByFailurePercentageOptions extends Partial<Volume> {
  /** Share of failures that is too much, 1 to 100. Default 85. */
  readonly threshold?: number
}

/**
 * Peers most of whose calls fail, whatever the others do. Needs 5 peers with 50 calls. gRFC A50, failure percentage
 * ejection; at the threshold itself as in Envoy's outlier_detection.
 *
 * @throws RangeError on an option out of range.
 */
export function byFailurePercentage({
  threshold = 85,
  minHosts = 5,
  minCalls = 50,
}: ByFailurePercentageOptions = {}): Detector {
  assertWithin('threshold', threshold, 1, 100)
  assertInteger('minHosts', minHosts, 1, 1_000_000)
  assertInteger('minCalls', minCalls, 1, 1_000_000)
  return (samples) => {
    const failing = substantial(samples, { minHosts, minCalls })
      .filter(({ calls, failures }) => failures * 100 >= threshold * calls)
      .map(({ id, calls, failures }) => ({ id, calls, failures, badness: failures / calls }))
    return worstFirst(failing).map(({ id, calls, failures }) => ({
      id,
      reason: `${failures} of ${calls} calls failed`,
    }))
  }
}
