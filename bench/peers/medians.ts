import { median, mib, rounded } from '../parts/numbers.ts'
import type { Table } from '../parts/report.ts'
import type { Round } from './contender.ts'

/** The medians of the rounds of a contender in a cell, and its slowest and fastest round in calls a second. */
export interface Row extends Round {
  readonly cell: string
  readonly contender: string
  readonly low: number
  readonly high: number
}

/** The rounds of a contender in a cell. */
export interface Took {
  readonly cell: string
  readonly contender: string
  readonly rounds: readonly Round[]
}

export function rowOf({ cell, contender, rounds }: Took): Row {
  const of = (name: keyof Round, digits = 0): number => rounded(median(rounds.map((round) => round[name])), digits)
  const rates = rounds.map(({ perSecond }) => perSecond)
  return {
    ...{ cell, contender, perSecond: of('perSecond') },
    ...{ low: Math.round(Math.min(...rates)), high: Math.round(Math.max(...rates)) },
    ...{ p50: of('p50'), p99: of('p99'), p999: of('p999') },
    ...{ clientCpuUs: of('clientCpuUs', 1), serverCpuUs: of('serverCpuUs', 1) },
    ...{ clientRss: of('clientRss'), serverRss: of('serverRss') },
  }
}

/** A table for each cell, the fastest first. */
export function tablesOf(rows: readonly Row[]): readonly Table[] {
  return [...new Set(rows.map(({ cell }) => cell))].map((title) => {
    const here = rows.filter(({ cell }) => cell === title).sort((a, b) => b.perSecond - a.perSecond)
    return { title, rows: here.map(shown) }
  })
}

const shown = (row: Row): Table['rows'][number] => ({
  stack: row.contender,
  'calls/s': `${row.perSecond} (${row.low}–${row.high})`,
  ...{ 'p50 µs': row.p50, 'p99 µs': row.p99, 'p99.9 µs': row.p999 },
  'CPU µs client/server': `${row.clientCpuUs}/${row.serverCpuUs}`,
  'RSS MiB client/server': `${mib(row.clientRss)}/${mib(row.serverRss)}`,
})
