import type { VNode } from 'preact'
import type { Figures, Point } from '../../src/dashboard/model.ts'
import { ERROR_LIMIT } from '../attention.ts'
import { Sparkline } from '../charts/sparkline.tsx'
import { count, duration, plain, rate } from '../format.ts'
import { describeTimespan, timespan } from '../timespan.ts'
import { Figure } from './figure.tsx'
import { ErrorRatio } from './figure-columns.tsx'
import { Tile } from './tile.tsx'

export interface FigureTilesProps {
  readonly figures: Figures
  readonly history: readonly Point[]
  readonly at: number
  /** The line below the errors. */
  readonly errorNote: string
}

/** Calls, response time and errors, of one service or of all. */
export function FigureTiles({ figures, history, at, errorNote }: FigureTilesProps): VNode {
  const span = timespan(history, at)
  const bad = figures.errorRatio > ERROR_LIMIT
  const spark = (what: string, of: (point: Point) => number | null, tone: 'accent' | 'bad' = 'accent'): VNode => (
    <Sparkline points={history} span={span} of={of} tone={tone} label={`${what}, ${describeTimespan(span)}`} />
  )
  return (
    <>
      <Tile
        title="Calls/s"
        figure={rate(figures.callsPerSecond)}
        picture={spark('calls per second', (point) => point.callsPerSecond)}
      >
        {count(figures.inFlight)} in flight · {count(figures.calls)} calls
      </Tile>
      <Tile title="p99" figure={<Figure {...duration(figures.p99Ms)} />} picture={spark('p99', (point) => point.p99Ms)}>
        p50 {plain(duration(figures.p50Ms))} · p95 {plain(duration(figures.p95Ms))}
      </Tile>
      <Tile
        title="Errors"
        {...(bad ? { tone: 'bad' } : {})}
        figure={<ErrorRatio figures={figures} />}
        picture={spark('errors per second', (point) => point.errorsPerSecond, bad ? 'bad' : 'accent')}
      >
        {errorNote}
      </Tile>
    </>
  )
}
