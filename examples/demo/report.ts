import { figuresBetween } from './figures.ts'
import type { ProviderView } from './provider-view.ts'
import { emptyTally, type Tally } from './tally.ts'

/** The last line of `--json`. */
export interface Report {
  readonly calls: number
  readonly failed: number
  readonly retries: number
  /** Of the calls that failed, by code. */
  readonly codes: Readonly<Record<string, number>>
  /** Time during which calls went out. */
  readonly seconds: number
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null }
  readonly providers: readonly ProviderReport[]
  readonly registry: string
  readonly dashboard: string
}

export interface ProviderReport {
  readonly address: string
  readonly port: number
  readonly pid: number
  readonly gray: boolean
  /** Calls that it answered. */
  readonly calls: number
  /** Attempts at it that did not succeed. */
  readonly refused: number
  readonly state: string
}

export interface ReportFacts {
  readonly tally: Tally
  readonly elapsedMs: number
  readonly providers: readonly ProviderView[]
  readonly registry: string
  readonly dashboard: string
}

export function report({ tally, elapsedMs, providers, registry, dashboard }: ReportFacts): Report {
  const { p50, p95, p99 } = figuresBetween(emptyTally(), tally, elapsedMs)
  return {
    calls: tally.calls,
    failed: tally.failed,
    retries: tally.retries,
    codes: tally.codes,
    seconds: round(elapsedMs / 1_000),
    latencyMs: { p50: round(p50), p95: round(p95), p99: round(p99) },
    providers: providers.map(({ address, port, pid, gray, state }) => ({
      address,
      port,
      pid,
      gray,
      calls: tally.answered[address] ?? 0,
      refused: tally.refused[address] ?? 0,
      state,
    })),
    registry,
    dashboard,
  }
}

/** What speaks against a run, a sentence each; nothing when all went as it should. */
export function complaints({ calls, failed, codes, providers }: Report): readonly string[] {
  const wrong: string[] = []
  if (failed > 0) wrong.push(`${failed} of ${calls} calls failed: ${JSON.stringify(codes)}`)
  for (const { address, gray, calls: answered } of providers) {
    if (gray && answered > 0) wrong.push(`the gray provider ${address} answered ${answered} calls of the stable lane`)
    if (!gray && answered === 0) wrong.push(`the stable provider ${address} was never called`)
  }
  return wrong
}

function round(value: number): number
function round(value: number | null): number | null
function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1_000) / 1_000
}
