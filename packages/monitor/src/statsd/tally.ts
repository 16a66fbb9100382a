import { type ObservedEnd, type ObservedKind, type ObservedStart, type Observer, STABLE_LANE } from '@kumquat/core'
import { type SeriesKey, SeriesTable, type SeriesTableOptions } from '../series-table.ts'
import { MetricPaths, segment } from './metric-paths.ts'

/** Where lines go: the part of a statsd client that is needed here. */
export interface Lines {
  counter(name: string, delta: number): unknown
  gauge(name: string, value: number): unknown
  timing(name: string, ms: number): unknown
}

export interface TallyOptions extends Pick<SeriesTableOptions<unknown>, 'maxSeries' | 'knows'> {
  /** First part of all names. */
  readonly prefix: string
  readonly lines: Lines
  /** Whether response times are to be left out for lack of room. Counts never are. */
  readonly crowded: () => boolean
}

/**
 * What was observed since the last `write`, added up by name. Response times alone are written at once, each of them:
 * their percentiles are the server's to make.
 */
export class Tally implements Observer {
  readonly #lines: Lines
  readonly #crowded: () => boolean
  readonly #series: SeriesTable<Series>
  readonly #changed = new Set<Series>()
  #overflowed = 0
  #timesLeftOut = 0

  constructor({ prefix, lines, crowded, maxSeries, knows }: TallyOptions) {
    const paths = new MetricPaths()
    const create = ({ kind, service, method }: SeriesKey): Series =>
      newSeries(`${prefix}.${paths.of(sideOf(kind), service, method)}`)
    this.#lines = lines
    this.#crowded = crowded
    this.#series = new SeriesTable({ maxSeries, knows, create })
  }

  /** Whether a `write` has anything to say. */
  get waiting(): boolean {
    return this.#changed.size > 0
  }

  started(start: ObservedStart): void {
    if (start.kind === 'attempt') return
    this.#change(start).inFlight++
  }

  ended(end: ObservedEnd): void {
    if (end.kind !== 'attempt') this.#call(end)
    else if ((end.attempt ?? 1) > 1) this.#change(end).retries++
  }

  /** Observations that went to `_other` for lack of room. */
  get overflowed(): number {
    return this.#overflowed
  }

  /** Response times that were left out. */
  get timesLeftOut(): number {
    return this.#timesLeftOut
  }

  /** Writes the sums and begins again. */
  write(): void {
    for (const series of this.#changed) writeSeries(this.#lines, series)
    this.#changed.clear()
  }

  #call(end: ObservedEnd): void {
    const series = this.#change(end, this.#overflow)
    series.inFlight--
    series.codes.set(end.code, (series.codes.get(end.code) ?? 0) + 1)
    if (this.#crowded()) this.#timesLeftOut++
    else this.#lines.timing(series.duration, Math.round(end.durationMs * 1_000) / 1_000)
  }

  readonly #overflow = (): void => void this.#overflowed++

  /** Names carry no lane, and an attempt counts for the call it belongs to. */
  #change({ kind, service, method }: ObservedStart, overflow?: () => void): Series {
    const key = { kind: kind === 'attempt' ? 'call' : kind, service, method, lane: STABLE_LANE } as const
    const series = this.#series.of(key, overflow)
    this.#changed.add(series)
    return series
  }
}

interface Series {
  readonly path: string
  readonly duration: string
  readonly codes: Map<string, number>
  inFlight: number
  writtenInFlight: number
  retries: number
}

const newSeries = (path: string): Series => ({
  path,
  duration: `${path}.call_duration`,
  codes: new Map(),
  inFlight: 0,
  writtenInFlight: 0,
  retries: 0,
})

function writeSeries(lines: Lines, series: Series): void {
  for (const [code, calls] of series.codes) lines.counter(`${series.path}.calls.${segment(code)}`, calls)
  if (series.retries > 0) lines.counter(`${series.path}.retries`, series.retries)
  if (series.inFlight !== series.writtenInFlight) lines.gauge(`${series.path}.inflight`, series.inFlight)
  series.codes.clear()
  series.retries = 0
  series.writtenInFlight = series.inFlight
}

const sideOf = (kind: ObservedKind): 'server' | 'client' => (kind === 'served' ? 'server' : 'client')
