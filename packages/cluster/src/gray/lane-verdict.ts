import type { LaneSample } from './lane-window.ts'

/** Whether a release may go on. The reason is for people. */
export interface LaneVerdict {
  readonly action: 'continue' | 'stop'
  readonly reason: string
}

export interface LaneLimits {
  /** Fewer calls than this in either lane, and nothing is said of them. At least 30, default 200. */
  readonly minCalls?: number
  /** By how much more of the gray calls may fail, in percentage points, 0 to 100. Default 1. */
  readonly errorMarginPercent?: number
  /** The percentile of the duration that is compared, above 0 and below 100. Default 95. */
  readonly percentile?: number
  /** How many times longer gray calls may take, 1 or more. Default 1.5. */
  readonly durationFactor?: number
  /** How much longer they may take in any case, in ms, 0 or more. Default 5. */
  readonly durationMarginMs?: number
}

/**
 * Says stop when gray is worse than stable by more than the limits, beyond what chance explains: the lower bound of the
 * difference of error rates (Newcombe, "Interval estimation for the difference between independent proportions", 1998,
 * method 10) is above the margin; or the lower bound of gray's percentile is above the limit set by the upper bound of
 * stable's (bounds by order statistics: Hahn and Meeker, "Statistical Intervals", 1991, chapter 5). Both bounds are 3.29
 * standard errors wide, wrong in one of 2 000 looks, since one who looks all the time looks often.
 */
export function laneVerdict(limits: LaneLimits = {}): (gray: LaneSample, stable: LaneSample) => LaneVerdict {
  const { minCalls, errorMarginPercent, percentile, durationFactor, durationMarginMs } = checked(limits)
  return (gray, stable) => {
    if (gray.calls < minCalls || stable.calls < minCalls) {
      return goOn(`too few calls to judge: ${gray.calls} gray and ${stable.calls} stable of ${minCalls} each`)
    }
    if (errorsAbove(gray, stable) * 100 > errorMarginPercent) {
      return stop(
        `${percentOf(gray)} of ${gray.calls} gray calls failed, ${percentOf(stable)} of ${stable.calls} stable ones`,
      )
    }
    const least = lowerBound(gray, percentile / 100)
    const most = upperBound(stable, percentile / 100)
    if (least !== undefined && most !== undefined && least > Math.max(most * durationFactor, most + durationMarginMs)) {
      return stop(
        `percentile ${percentile} of gray calls is at least ${words(least)} ms, of stable ones at most ${words(most)} ms`,
      )
    }
    return goOn(`gray is no worse: ${percentOf(gray)} of its calls failed, ${percentOf(stable)} of the stable ones`)
  }
}

function checked({
  minCalls = 200,
  errorMarginPercent = 1,
  percentile = 95,
  durationFactor = 1.5,
  durationMarginMs = 5,
}: LaneLimits): Required<LaneLimits> {
  if (!Number.isInteger(minCalls) || minCalls < 30) {
    throw new RangeError(`minCalls must be an integer of 30 or more, got ${minCalls}`)
  }
  if (!(errorMarginPercent >= 0 && errorMarginPercent <= 100)) {
    throw new RangeError(`errorMarginPercent must be from 0 to 100, got ${errorMarginPercent}`)
  }
  if (!(percentile > 0 && percentile < 100)) {
    throw new RangeError(`percentile must be above 0 and below 100, got ${percentile}`)
  }
  if (!(durationFactor >= 1)) throw new RangeError(`durationFactor must be 1 or more, got ${durationFactor}`)
  if (!(durationMarginMs >= 0)) throw new RangeError(`durationMarginMs must be 0 or more, got ${durationMarginMs}`)
  return { minCalls, errorMarginPercent, percentile, durationFactor, durationMarginMs }
}

/** Standard errors on either side of an estimate. */
const Z = 3.29

/** By how much more of gray's calls fail, at the very least. */
function errorsAbove(gray: LaneSample, stable: LaneSample): number {
  const [p, q] = [gray.errors / gray.calls, stable.errors / stable.calls]
  return p - q - Math.hypot(p - wilson(gray, -Z), wilson(stable, Z) - q)
}

/** Wilson's bound of an error rate (1927): the lower one for a negative z. */
function wilson({ calls, errors }: LaneSample, z: number): number {
  const rate = errors / calls
  const spread = z * Math.sqrt((rate * (1 - rate)) / calls + (z * z) / (4 * calls * calls))
  return (rate + (z * z) / (2 * calls) + spread) / (1 + (z * z) / calls)
}

/** What the q-quantile of the durations is at least; undefined if the sample is too small to tell. */
function lowerBound(sample: LaneSample, q: number): number | undefined {
  const size = sample.calls - sample.errors
  const rank = Math.floor(size * q - Z * Math.sqrt(size * q * (1 - q)))
  return rank < 1 ? undefined : sample.durationAt(rank)
}

/** What it is at most. */
function upperBound(sample: LaneSample, q: number): number | undefined {
  const size = sample.calls - sample.errors
  const rank = Math.ceil(size * q + Z * Math.sqrt(size * q * (1 - q))) + 1
  return rank > size ? undefined : sample.durationAt(rank)
}

const goOn = (reason: string): LaneVerdict => ({ action: 'continue', reason })
const stop = (reason: string): LaneVerdict => ({ action: 'stop', reason })
const percentOf = ({ calls, errors }: LaneSample): string => `${words((errors * 100) / calls)} %`
const words = (value: number): string => String(Math.round(value * 100) / 100)
