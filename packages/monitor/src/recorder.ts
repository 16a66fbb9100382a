import {
  type Clock,
  formatServiceKey,
  isName,
  type ObservedEnd,
  type ObservedStart,
  type Observer,
  type ServiceKey,
  systemClock,
  uniqueId,
} from '@kumquat/core'
import { type Histogram, histogram, record, toSparse } from './histogram.ts'
import { OTHER, type SeriesKey, SeriesTable } from './series-table.ts'
import type { CallerStats, SeriesStats, StatsSnapshot } from './stats-snapshot.ts'

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
  const callers = new Map<string, Caller>()
  let seq = 0
  let dropped = 0
  const drop = (): void => void dropped++
  return {
    started(start) {
      series.of(start).inFlight++
    },
    ended(end) {
      count(series.of(end, drop), end)
      if (end.kind === 'served') countCaller(callers, end)
    },
    stats: () => ({
      schema: 1,
      bootId,
      startedAt,
      uptimeMs: clock.now() - bootedAt,
      seq: ++seq,
      series: Array.from(series.values(), seriesStats),
      callers: Array.from(callers.values(), (caller): CallerStats => ({ ...caller })),
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

interface Caller {
  readonly caller: string
  readonly service: string
  calls: number
  errors: number
}

/** Who calls is what the wire says, so it is bounded like everything that comes from there. */
const MAX_CALLERS = 256

function countCaller(callers: Map<string, Caller>, { caller, service, code }: ObservedEnd): void {
  const found = callers.get(callerText(caller, service)) ?? keepCaller(callers, caller, service)
  found.calls++
  if (code !== 'ok') found.errors++
}

function keepCaller(callers: Map<string, Caller>, caller: string, service: ServiceKey): Caller {
  const room = callers.size < MAX_CALLERS && isName(service.app) && isName(service.group)
  const kept: Pick<ObservedStart, 'caller' | 'service'> = {
    caller: room && isName(caller) ? caller : OTHER,
    service: room ? service : { app: OTHER, group: OTHER },
  }
  const key = callerText(kept.caller, kept.service)
  const found = callers.get(key)
  if (found !== undefined) return found
  const made = { caller: kept.caller, service: formatServiceKey(kept.service), calls: 0, errors: 0 }
  callers.set(key, made)
  return made
}

const callerText = (caller: string, { app, group }: ServiceKey): string => `${caller}/${app}/${group}`

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
