import type { ObservedKind } from '@kumquat/core'
import type { SparseHistogram } from './histogram.ts'

/**
 * What a process has counted since it started: the JSON of `GET /_kumquat/stats`. All counts are cumulative, so who
 * misses one snapshot loses nothing; a new `bootId` says that they began again at 0.
 */
export interface StatsSnapshot {
  readonly schema: 1
  /** Differs with every start of a process. */
  readonly bootId: string
  /** Wall clock of this process, in ms since 1970. */
  readonly startedAt: number
  /** Monotonic: the difference of two is the time between them, whatever the wall clock did. */
  readonly uptimeMs: number
  /** Grows by one with each snapshot taken. */
  readonly seq: number
  readonly series: readonly SeriesStats[]
  /** Who called, as far as providers were told. At most 256, then `_OTHER`. */
  readonly callers: readonly CallerStats[]
  /** Observations counted under `_OTHER` because there were too many series. */
  readonly dropped: number
}

/** The counts of one kind of observation of one method in one lane. */
export interface SeriesStats {
  readonly kind: ObservedKind
  /** `app/group`. */
  readonly service: string
  readonly method: string
  readonly lane: string
  /** Begun and not ended. */
  readonly inFlight: number
  /** Ended, by code; `ok` among them. */
  readonly codes: Readonly<Record<string, number>>
  /** Attempts beyond the first of their call. */
  readonly retries: number
  /** Durations of all that ended. */
  readonly histogram: SparseHistogram
}

/** The calls of one app to one service of this provider. */
export interface CallerStats {
  /** `_OTHER` when unknown or one too many. */
  readonly caller: string
  /** `app/group`. */
  readonly service: string
  readonly calls: number
  /** Those that ended with a code other than `ok`. */
  readonly errors: number
}
