import { GRAY_LANE } from '@kumquat/core'
import { addHistogram, histogram, type SparseHistogram, toSparse } from '../histogram.ts'
import type { SeriesStats, StatsSnapshot } from '../stats-snapshot.ts'

/** What one process served between two looks at it. */
export interface Reading {
  /** Time between the two looks by the clock of the process, in s. */
  readonly seconds: number
  /** By `app/group`. A service has an entry only if something happened in it or is in flight. */
  readonly services: ReadonlyMap<string, readonly MethodReading[]>
}

export interface MethodReading {
  readonly method: string
  readonly gray: boolean
  readonly calls: number
  readonly errors: number
  readonly histogram: SparseHistogram
  /** At the moment of the second look. */
  readonly inFlight: number
}

/**
 * Turns the cumulative counts of one process into what happened since the last look. A look that was missed loses
 * nothing; a process that was started anew begins at 0 again, and is known by its boot id.
 */
export class Ledger {
  #mark: Mark | undefined

  /**
   * The first look at a process that has been up for longer than `sinceMs` only sets the mark: what it did before is not
   * ours to tell.
   */
  advance({ bootId, uptimeMs, series }: Look, sinceMs: number): Reading {
    const served = new Map(series.filter(({ kind }) => kind === 'served').map((one) => [textOf(one), one]))
    if (this.#mark === undefined && uptimeMs > sinceMs) this.#mark = { bootId, uptimeMs, served }
    const before = this.#mark?.bootId === bootId ? this.#mark : BOOT
    this.#mark = { bootId, uptimeMs, served }
    return {
      seconds: Math.max(0, uptimeMs - before.uptimeMs) / 1_000,
      services: byService(served, before.served),
    }
  }
}

type Look = Pick<StatsSnapshot, 'bootId' | 'uptimeMs' | 'series'>

interface Mark {
  readonly bootId: string
  readonly uptimeMs: number
  readonly served: ReadonlyMap<string, SeriesStats>
}

const BOOT: Mark = { bootId: '', uptimeMs: 0, served: new Map() }

function byService(
  now: ReadonlyMap<string, SeriesStats>,
  before: ReadonlyMap<string, SeriesStats>,
): ReadonlyMap<string, readonly MethodReading[]> {
  const services = new Map<string, MethodReading[]>()
  for (const [text, series] of now) {
    const reading = difference(series, before.get(text))
    if (reading.calls === 0 && reading.inFlight === 0) continue
    const methods = services.get(series.service)
    if (methods === undefined) services.set(series.service, [reading])
    else methods.push(reading)
  }
  return services
}

function difference(now: SeriesStats, before: SeriesStats | undefined): MethodReading {
  const calls = sum(now.codes) - sum(before?.codes)
  return {
    method: now.method,
    gray: now.lane === GRAY_LANE,
    calls: Math.max(0, calls),
    errors: Math.max(0, sum(failures(now)) - sum(failures(before))),
    histogram: calls > 0 ? since(now.histogram, before?.histogram) : [],
    inFlight: Math.max(0, now.inFlight),
  }
}

function since(now: SparseHistogram, before: SparseHistogram = []): SparseHistogram {
  const dense = addHistogram(addHistogram(histogram(), now), before, -1)
  return toSparse(dense.map((count) => Math.max(0, count)))
}

type Codes = SeriesStats['codes']

function failures(series: SeriesStats | undefined): Codes {
  const { ok: _, ...others } = series?.codes ?? {}
  return others
}

const sum = (codes: Codes = {}): number => Object.values(codes).reduce((total, count) => total + count, 0)

const textOf = ({ service, method, lane }: SeriesStats): string => `${service}/${method}/${lane}`
