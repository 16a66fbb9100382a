import { assertInteger, assertWithin } from '../../range.ts'
import { type Detector, substantial, type Volume, worstFirst } from './detector.ts'

export interface BySuccessRateOptions extends Partial<Volume> {
  /** How many standard deviations below the mean is too low, 0 to 10. Default 1.9. */
  readonly deviations?: number
}

/**
 * Peers whose success rate lies far below the mean of all. Needs 5 peers with 100 calls. gRFC A50, success rate ejection;
 * the first of Envoy's outlier_detection.
 *
 * @throws RangeError on an option out of range.
 */
export function bySuccessRate({ deviations = 1.9, minHosts = 5, minCalls = 100 }: BySuccessRateOptions = {}): Detector {
  assertWithin('deviations', deviations, 0, 10)
  assertInteger('minHosts', minHosts, 1, 1_000_000)
  assertInteger('minCalls', minCalls, 1, 1_000_000)
  return (samples) => {
    const rated = substantial(samples, { minHosts, minCalls }).map(({ id, calls, failures }) => ({
      id,
      rate: ((calls - failures) * 100) / calls,
    }))
    const mean = rated.reduce((sum, { rate }) => sum + rate, 0) / rated.length
    const variance = rated.reduce((sum, { rate }) => sum + (rate - mean) ** 2, 0) / rated.length
    const least = mean - deviations * Math.sqrt(variance)
    const low = rated.filter(({ rate }) => rate < least).map(({ id, rate }) => ({ id, rate, badness: -rate }))
    return worstFirst(low).map(({ id, rate }) => ({
      id,
      reason: `${percent(rate)} of its calls succeeded, of the others' about ${percent(mean)}`,
    }))
  }
}

const percent = (rate: number): string => `${rate.toFixed(1)} %`
