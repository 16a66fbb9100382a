import { type Clock, systemClock } from '@kumquat/core'
import { assertInteger, assertWithin } from '../range.ts'
import { byFailurePercentage } from './detectors/by-failure-percentage.ts'
import { byLatency } from './detectors/by-latency.ts'
import { bySuccessRate } from './detectors/by-success-rate.ts'
import type { Detector } from './detectors/detector.ts'
import { Ejections, type EjectionsOptions } from './ejections.ts'
import type { HealthPolicy } from './health.ts'
import { type Judge, usualJudge } from './testimony.ts'
import { watched } from './watched.ts'

export interface OutlierEjectionOptions extends Partial<EjectionsOptions> {
  /** What a failed call says of its peer. Default: see `usualJudge`. */
  readonly judge?: Judge
  readonly clock?: Clock
}

/** What `outlierEjection` looks at once an interval, by default. */
export const usualDetectors = (): readonly Detector[] => [bySuccessRate(), byFailurePercentage(), byLatency()]

/**
 * Takes peers out of use that do much worse than the others, for a time that grows each time. Never more than a share of
 * them, but one of two or more. A call costs a few sums; the statistics are made once an interval.
 *
 * gRFC A50 with its defaults, Envoy's outlier_detection for failures in a row, and one for latency.
 *
 * @throws RangeError on an option out of range.
 */
export function outlierEjection({
  intervalMs = 10_000,
  baseEjectionMs = 30_000,
  maxEjectionMs = 300_000,
  maxEjectedPercent = 10,
  consecutiveFailures = 5,
  detectors = usualDetectors(),
  clock = systemClock,
  judge = usualJudge(clock),
}: OutlierEjectionOptions = {}): HealthPolicy {
  assertWithin('intervalMs', intervalMs, 100, 3_600_000)
  assertWithin('baseEjectionMs', baseEjectionMs, 100, 3_600_000)
  assertWithin('maxEjectionMs', maxEjectionMs, baseEjectionMs, 86_400_000)
  assertWithin('maxEjectedPercent', maxEjectedPercent, 0, 100)
  assertInteger('consecutiveFailures', consecutiveFailures, 1, 1_000_000)
  const options = { intervalMs, baseEjectionMs, maxEjectionMs, maxEjectedPercent, consecutiveFailures, detectors }
  return () => {
    const ejections = new Ejections(options, clock)
    return watched({ verdicts: ejections.verdicts, clock, judge, watch: ({ id }) => ejections.watch(id) })
  }
}
