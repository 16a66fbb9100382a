import { percentile } from '@kumquat/monitor'
import type { Tally } from './tally.ts'

/** What happened between two tallies. */
export interface Figures {
  readonly callsPerSecond: number
  readonly failed: number
  readonly retries: number
  /** In ms; `null` when nothing was called. */
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  /** The part of the attempts that went to each provider, by address. */
  readonly shares: ReadonlyMap<string, number>
}

export function figuresBetween(before: Tally, after: Tally, elapsedMs: number): Figures {
  const durations = after.durations.map((count, bucket) => count - before.durations[bucket]!)
  return {
    callsPerSecond: elapsedMs > 0 ? ((after.calls - before.calls) * 1_000) / elapsedMs : 0,
    failed: after.failed - before.failed,
    retries: after.retries - before.retries,
    p50: percentile(durations, 0.5),
    p95: percentile(durations, 0.95),
    p99: percentile(durations, 0.99),
    shares: sharesBetween(before.answered, after.answered),
  }
}

type Counts = Readonly<Record<string, number>>

function sharesBetween(before: Counts, after: Counts): ReadonlyMap<string, number> {
  const grown = Object.entries(after).map(([address, count]) => [address, count - (before[address] ?? 0)] as const)
  const total = grown.reduce((sum, [, count]) => sum + count, 0)
  return new Map(grown.map(([address, count]) => [address, total === 0 ? 0 : count / total]))
}
