import type { RpcErrorCode } from '@kumquat/core'
import type { CallLog, Slice } from './call-log.ts'
import type { Percentiles } from './percentiles.ts'
import type { SimulatedServer } from './simulated-server.ts'

/** What became of the calls of one run. Plain JSON. Times are of the virtual clock, in ms. */
export interface Report {
  readonly calls: number
  readonly succeeded: number
  readonly failed: number
  /** By code, those that occurred. */
  readonly failures: Readonly<Partial<Record<RpcErrorCode, number>>>
  /** Calls that had not ended a minute after the last one was made. */
  readonly unfinished: number
  readonly attempts: number
  /** Attempts for each call. */
  readonly amplification: number
  /** Of the calls that succeeded. */
  readonly latencyMs: Percentiles
  readonly spread: Spread
  readonly servers: readonly ServerReport[]
  /** Calls by the time at which they were made. */
  readonly slices: readonly Slice[]
}

/** Attempts at a server for each that was its due by weight: 1 for all = perfectly even. */
export interface Spread {
  readonly least: number
  readonly most: number
}

export interface ServerReport {
  readonly id: string
  readonly attempts: number
  /** Of all attempts, 0 to 1. */
  readonly share: number
}

/** Sums up a run: its calls, and the attempts at each server. */
export function reportOf(
  log: CallLog,
  attemptsAt: ReadonlyMap<SimulatedServer, number>,
  fromMs: number,
  sliceMs: number,
): Report {
  const attempts = [...attemptsAt.values()].reduce((sum, count) => sum + count, 0)
  const { calls } = log
  const failed = log.count('failed')
  const unfinished = log.count('unfinished')
  return {
    calls,
    succeeded: calls - failed - unfinished,
    failed,
    failures: log.failures,
    unfinished,
    attempts,
    amplification: calls === 0 ? 0 : attempts / calls,
    latencyMs: log.latencyMs,
    spread: spreadOf(attemptsAt, attempts),
    servers: [...attemptsAt].map(([{ record }, count]) => ({
      id: record.id,
      attempts: count,
      share: attempts === 0 ? 0 : count / attempts,
    })),
    slices: log.slices(fromMs, sliceMs),
  }
}

function spreadOf(attemptsAt: ReadonlyMap<SimulatedServer, number>, attempts: number): Spread {
  const weights = [...attemptsAt.keys()].map(({ record }) => record.weight)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const ratios = [...attemptsAt.values()].flatMap((count, i) =>
    weights[i]! > 0 && attempts > 0 ? [(count / attempts) * (total / weights[i]!)] : [],
  )
  return {
    least: ratios.reduce((a, b) => Math.min(a, b), ratios[0] ?? 1),
    most: ratios.reduce((a, b) => Math.max(a, b), ratios[0] ?? 1),
  }
}

/** A few lines for people. */
export function describeReport({ calls, failures, latencyMs, spread, ...report }: Report): string {
  const failed = Object.entries(failures).map(([code, count]) => `${count} ${code}`)
  if (report.unfinished > 0) failed.push(`${report.unfinished} unfinished`)
  const { p50, p95, p99, p999 } = latencyMs
  return [
    `calls    ${calls}, ${report.attempts} attempts (${report.amplification.toFixed(3)} for each)`,
    `failed   ${failed.join(', ') || 'none'}`,
    `latency  p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)}, p99.9 ${ms(p999)}`,
    `load     ${percent(spread.least)} to ${percent(spread.most)} of the due of a server`,
  ].join('\n')
}

const ms = (value: number): string => `${value.toFixed(1)} ms`
const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`
