import {
  type Clock,
  formatServiceKey,
  type ObservedEnd,
  type Observer,
  type ServiceKey,
  systemClock,
  uniqueId,
} from '@kumquat/core'
import { Callers } from './callers.ts'
import { type Histogram, histogram, record, toSparse } from './histogram.ts'
import { type SeriesKey, SeriesTable } from './series-table.ts'
import type { SeriesStats, StatsSnapshot } from './stats-snapshot.ts'

export interface RecorderOptions {
  /** Upper bound of series, 100 or more. Default 2 000: then `_OTHER`, and `dropped` counts. */
  readonly maxSeries?: number
  /**
   * Whether a method of a service gets a series of its own; all others share `_OTHER`. Default: any. Providers report
   * `_OTHER` by themselves for methods that they do not serve.
   */
  readonly knows?: (service: ServiceKey, method: string) => boolean
  readonly clock?: Clock
}

/** Keeps what this process has counted. */
export interface Recorder extends Observer {
  /** All counts since the start: what `GET /_kumquat/stats` answers. */
  stats(): StatsSnapshot
}

/**
 * Counts calls by code, in flight and retries, and their durations by bucket, for each kind, service, method and lane;
 * and, where calls are served, who called. Nothing is averaged, sampled or forgotten.
 */
export function recorder({
  maxSeries = 2_000,
  knows = () => true,
  clock = systemClock,
}: RecorderOptions = {}): Recorder {
  const bootId = uniqueId()
  const bootedAt = clock.now()
  const startedAt = clock.epoch()
  const series = new SeriesTable<Series>({ maxSeries, knows, create: newSeries })
  const callers = new Callers()
  let seq = 0
  let dropped = 0
  const drop = (): void => void dropped++
  return {
    started(start) {
      series.of(start).inFlight++
    },
    ended(end) {
      count(series.of(end, drop), end)
      if (end.kind === 'served') callers.count(end)
    },
    stats: () => ({
      schema: 1,
      bootId,
      startedAt,
      uptimeMs: clock.now() - bootedAt,
      seq: ++seq,
      series: series.values().map(seriesStats),
      callers: callers.stats(),
      dropped,
    }),
  }
}

interface Series {
  readonly key: SeriesKey
  readonly codes: Map<string, number>
  readonly durations: Histogram
  inFlight: number
  retries: number
}

const newSeries = (key: SeriesKey): Series => ({
  key,
  codes: new Map(),
  durations: histogram(),
  inFlight: 0,
  retries: 0,
})

function count(series: Series, { code, durationMs, attempt = 1 }: ObservedEnd): void {
  series.inFlight--
  series.codes.set(code, (series.codes.get(code) ?? 0) + 1)
  if (attempt > 1) series.retries++
  record(series.durations, durationMs)
}

function seriesStats({ key, codes, durations, inFlight, retries }: Series): SeriesStats {
  return {
    kind: key.kind,
    service: formatServiceKey(key.service),
    method: key.method,
    lane: key.lane,
    inFlight,
    codes: Object.fromEntries(codes),
    retries,
    histogram: toSparse(durations),
  }
}
