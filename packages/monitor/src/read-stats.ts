import { isName, isRpcErrorCode, parseServiceKey } from '@kumquat/core'
import { isSparseHistogram } from './histogram.ts'
import { OTHER } from './series-table.ts'
import type { SeriesStats, StatsSnapshot } from './stats-snapshot.ts'

/** Most series taken from one process. */
const MAX_SERIES = 2_000
const KINDS: readonly unknown[] = ['call', 'attempt', 'served']

/**
 * Reads what some process says of itself: input from outside. Returns `undefined` for what is not a snapshot of schema 1;
 * leaves out each series that is not well formed, and the callers.
 */
export function readStats(text: string): Omit<StatsSnapshot, 'callers'> | undefined {
  const { schema, bootId, startedAt, uptimeMs, seq, series, dropped } = fields<StatsSnapshot>(parse(text))
  if (schema !== 1 || !Array.isArray(series)) return undefined
  if (typeof bootId !== 'string' || bootId === '' || bootId.length > 128) return undefined
  if (!isCount(startedAt) || !isCount(uptimeMs) || !isCount(seq)) return undefined
  return {
    schema: 1,
    bootId,
    startedAt,
    uptimeMs,
    seq,
    series: series.slice(0, MAX_SERIES).filter(isSeries),
    dropped: isCount(dropped) ? dropped : 0,
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isSeries(value: unknown): value is SeriesStats {
  const { kind, service, method, lane, inFlight, codes, retries, histogram } = fields<SeriesStats>(value)
  if (!KINDS.includes(kind) || !isService(service) || !isSeriesName(method) || !isSeriesName(lane)) return false
  if (typeof inFlight !== 'number' || !isCount(retries) || !isObject(codes)) return false
  return Object.entries(codes).every(isCodeCount) && isSparseHistogram(histogram)
}

const isCodeCount = ([code, count]: [string, unknown]): boolean =>
  (code === 'ok' || isRpcErrorCode(code)) && isCount(count)

const isSeriesName = (value: unknown): value is string =>
  typeof value === 'string' && (value === OTHER || isName(value))

function isService(value: unknown): value is string {
  if (typeof value !== 'string') return false
  try {
    return parseServiceKey(value) !== undefined
  } catch {
    return value === `${OTHER}/${OTHER}`
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const fields = <T>(value: unknown): Partial<Record<keyof T, unknown>> => (isObject(value) ? value : {})

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
