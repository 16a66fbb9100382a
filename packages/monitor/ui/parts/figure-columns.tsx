import type { VNode } from 'preact'
import type { Figures } from '../../src/dashboard/model.ts'
import { ERROR_LIMIT } from '../attention.ts'
import { duration, percent, rate } from '../format.ts'
import { Figure } from './figure.tsx'
import type { Column } from './table.tsx'

// The columns that every table of figures has, in words and looks the same everywhere.

export const callsColumn: Column<Figures> = {
  title: 'Calls/s',
  hint: 'over the last 10 s',
  numeric: true,
  cell: ({ callsPerSecond }) => <b>{rate(callsPerSecond)}</b>,
  order: ({ callsPerSecond }) => callsPerSecond,
}

export const p50Column: Column<Figures> = percentileColumn('p50', 'half of the calls were faster', (row) => row.p50Ms)
export const p95Column: Column<Figures> = percentileColumn('p95', '95 % of the calls were faster', (row) => row.p95Ms)
export const p99Column: Column<Figures> = percentileColumn('p99', '99 % of the calls were faster', (row) => row.p99Ms)

export const errorsColumn: Column<Figures> = {
  title: 'Errors',
  hint: 'part of the calls of the last 10 s that failed',
  numeric: true,
  cell: (row) => <ErrorRatio figures={row} />,
  order: ({ errorRatio }) => errorRatio,
}

/** A dash where nothing was called: no call is not the same as no error. */
export function ErrorRatio({ figures: { errorRatio, callsPerSecond } }: { figures: Figures }): VNode {
  if (callsPerSecond === 0) return <span class="mute">–</span>
  return (
    <span class={errorRatio > ERROR_LIMIT ? 'bad' : undefined}>
      <Figure {...percent(errorRatio)} />
    </span>
  )
}

function percentileColumn(title: string, hint: string, of: (row: Figures) => number | null): Column<Figures> {
  return {
    title,
    hint,
    numeric: true,
    cell: (row) => <Figure {...duration(of(row))} />,
    order: (row) => of(row) ?? -1,
  }
}
