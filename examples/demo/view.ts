import colors from 'picocolors'
import type { Figures } from './figures.ts'
import type { ProviderView } from './provider-view.ts'
import type { Tally } from './tally.ts'

/** What the demo shows once a second. */
export interface View {
  readonly elapsedMs: number
  /** Of the last second. */
  readonly figures: Figures
  /** Since the start. */
  readonly tally: Tally
  readonly providers: readonly ProviderView[]
  readonly registry: string
  readonly dashboard: string
}

/** The view as a frame of lines, for a terminal that is redrawn. */
export function frame(view: View): readonly string[] {
  const { figures, tally, providers, registry, dashboard } = view
  const failures = tally.failed === 0 ? colors.green('0 failed') : colors.red(`${tally.failed} failed`)
  return [
    `${colors.bold('Kumquat')}  ${seconds(view)}  dashboard ${colors.cyan(dashboard)}  registry ${registry}`,
    '',
    `${colors.bold(rate(figures))}  p50 ${ms(figures.p50)}  p95 ${ms(figures.p95)}  p99 ${ms(figures.p99)}`,
    `${tally.calls} calls, ${failures}, ${tally.retries} retries`,
    '',
    colors.dim(row('provider', 'pid', 'lane', 'state', 'share')),
    ...providers.map((provider) => providerRow(provider, share(figures, provider))),
    '',
    colors.dim('Ctrl-C stops everything.'),
  ]
}

/** The view as one line, for a log. */
export function line(view: View): string {
  const { figures, tally, providers } = view
  const latency = `p50 ${ms(figures.p50)}  p95 ${ms(figures.p95)}  p99 ${ms(figures.p99)}`
  const parts = providers.map(
    (provider) => `${provider.address} ${provider.state} ${percent(share(figures, provider))}`,
  )
  return `${seconds(view)}  ${rate(figures)}  ${latency}  ${tally.failed} failed  ${tally.retries} retries  ${parts.join('  ')}`
}

const BAR_WIDTH = 24

function providerRow({ address, pid, gray, state }: ProviderView, part: number): string {
  const text = row(address, String(pid), gray ? 'gray' : 'stable', state, percent(part))
  const painted = state === 'up' || state === 'restarted' ? text : colors.red(text)
  return `${painted}  ${colors.cyan('█'.repeat(Math.round(part * BAR_WIDTH)))}`
}

function row(address: string, pid: string, lane: string, state: string, part: string): string {
  return `${address.padEnd(22)}${pid.padStart(8)}  ${lane.padEnd(7)} ${state.padEnd(10)}${part.padStart(6)}`
}

const share = ({ shares }: Figures, { address }: ProviderView): number => shares.get(address) ?? 0
const percent = (part: number): string => `${Math.round(part * 100)} %`
const ms = (value: number | null): string => (value === null ? '-' : `${value.toFixed(1)} ms`)
const rate = ({ callsPerSecond }: Figures): string => `${callsPerSecond.toFixed(0)} calls/s`
const seconds = ({ elapsedMs }: View): string => `${Math.round(elapsedMs / 1_000)} s`
