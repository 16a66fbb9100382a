import type { VNode } from 'preact'
import type { Point } from '../../src/dashboard/model.ts'
import type { Timespan } from '../timespan.ts'

export interface SparklineProps {
  readonly points: readonly Point[]
  readonly span: Timespan
  readonly of: (point: Point) => number | null
  /** What the line shows, in words. */
  readonly label: string
  /** Default `accent`. */
  readonly tone?: 'accent' | 'bad'
}

const WIDTH = 84
const HEIGHT = 24
const BINS = 60

/** A small line without axes, from 0 up. A gap is a time without calls. */
export function Sparkline({ points, span, of, label, tone = 'accent' }: SparklineProps): VNode {
  const runs = trace(bins(points, span, of))
  return (
    <svg class={`spark ${tone}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img">
      <title>{label}</title>
      {runs.map((run) => (
        <path key={`fill ${run[0]?.[0]}`} class="fill" d={area(run)} />
      ))}
      <path d={runs.map(line).join('')} />
    </svg>
  )
}

interface Bin {
  /** 0 to 1 within the span. */
  readonly x: number
  readonly value: number | null
}

/** Means of equal stretches of time. Stretches begin at whole multiples of their length, so that they stand still. */
function bins(points: readonly Point[], { from, to }: Timespan, of: (point: Point) => number | null): readonly Bin[] {
  const length = Math.max(1000, Math.ceil((to - from) / BINS / 1000) * 1000)
  const sums = new Map<number, { sum: number; count: number }>()
  for (const point of points) {
    const start = Math.floor(point.at / length) * length
    if (point.at < from) continue
    const bin = sums.get(start) ?? { sum: 0, count: 0 }
    const value = of(point)
    sums.set(start, value === null ? bin : { sum: bin.sum + value, count: bin.count + 1 })
  }
  return [...sums].map(([start, { sum, count }]) => ({
    x: Math.min(1, Math.max(0, (start + length / 2 - from) / (to - from))),
    value: count === 0 ? null : sum / count,
  }))
}

type Place = readonly [x: number, y: number]

/** Splits at the gaps and scales to the picture. */
function trace(bins: readonly Bin[]): readonly (readonly Place[])[] {
  const top = Math.max(...bins.map(({ value }) => value ?? 0)) || 1
  const runs: Place[][] = [[]]
  for (const { x, value } of bins) {
    if (value === null) runs.push([])
    else runs.at(-1)?.push([x * WIDTH, HEIGHT - 2 - (value / top) * (HEIGHT - 4)])
  }
  return runs.filter((run) => run.length > 0)
}

const at = ([x, y]: Place): string => `${x.toFixed(1)} ${y.toFixed(1)}`

const line = (run: readonly Place[]): string => `M${run.map(at).join('L')}`

function area(run: readonly Place[]): string {
  const [first, last] = [run[0], run.at(-1)]
  if (first === undefined || last === undefined) return ''
  return `${line(run)}V${HEIGHT}H${first[0].toFixed(1)}Z`
}
