import type { Report } from './report.ts'

export interface RecoveryOptions {
  /** When the fault began, in ms. What came before is taken for normal. */
  readonly faultMs: number
  /** When it ended, in ms. */
  readonly healMs: number
  /** Share of calls that may fail beyond the normal. Default 0.01. */
  readonly failedShare?: number
  /** How much slower than normal the 99th percentile may be. Default 2. */
  readonly slower?: number
}

/**
 * Time from the end of a fault until calls fail as rarely and are as fast as before it, and stay so to the end of the
 * report, in ms. `Infinity` if they never are. As fine as the slices of the report.
 */
export function timeToRecover(
  { slices }: Pick<Report, 'slices'>,
  { faultMs, healMs, failedShare = 0.01, slower = 2 }: RecoveryOptions,
): number {
  const sliceEnd = (index: number): number => slices[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY
  const before = slices.filter((_, index) => sliceEnd(index) <= faultMs)
  if (before.length === 0) throw new RangeError(`no slice of the report ends before the fault at ${faultMs} ms`)
  const calls = before.reduce((sum, slice) => sum + slice.calls, 0)
  const failed = before.reduce((sum, slice) => sum + slice.failed, 0)
  const mayFail = failed / Math.max(1, calls) + failedShare
  const mayTakeMs = slower * Math.max(...before.map(({ p99 }) => p99))
  const lastBad = slices.findLastIndex(
    (slice, index) =>
      sliceEnd(index) > healMs && slice.calls > 0 && (slice.failed > mayFail * slice.calls || slice.p99 > mayTakeMs),
  )
  return lastBad < 0 ? 0 : Math.max(0, sliceEnd(lastBad) - healMs)
}
