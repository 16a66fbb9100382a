import type { VNode } from 'preact'
import type { Point } from '../../src/dashboard/model.ts'
import { duration, plain, rate } from '../format.ts'
import { timespan } from '../timespan.ts'
import type { Frame, Line } from './plot.ts'
import { TimeChart } from './time-chart.tsx'

export interface TrafficProps {
  readonly history: readonly Point[]
  readonly at: number
}

const RESPONSE_TIME: readonly Line[] = [
  { label: 'p50', color: '--p50' },
  { label: 'p95', color: '--p95' },
  { label: 'p99', color: '--p99' },
]

const LOAD: readonly Line[] = [
  { label: 'stable', color: '--accent', filled: true },
  { label: 'gray', color: '--gray', filled: true },
  { label: 'errors', color: '--bad', filled: true },
]

/** The two charts of what was called: how long it took, and how much it was. */
export function Traffic({ history, at }: TrafficProps): VNode {
  const frame = (...of: ((point: Point) => number | null)[]): Frame => ({
    span: timespan(history, at),
    times: history.map((point) => point.at / 1000),
    rows: of.map((read) => history.map(read)),
  })
  return (
    <div class="two">
      <TimeChart
        title="Response time"
        note="request in → headers out"
        lines={RESPONSE_TIME}
        frame={frame(
          (point) => point.p50Ms,
          (point) => point.p95Ms,
          (point) => point.p99Ms,
        )}
        value={(ms) => plain(duration(ms))}
      />
      <TimeChart
        title="Load"
        note="calls per second"
        lines={LOAD}
        frame={frame(
          (point) => point.callsPerSecond - point.grayPerSecond,
          (point) => point.grayPerSecond,
          (point) => point.errorsPerSecond,
        )}
        value={rate}
      />
    </div>
  )
}
