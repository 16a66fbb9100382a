import { mkdirSync, writeFileSync } from 'node:fs'
import type { Promised } from './promises.ts'

export interface Results {
  readonly rows: readonly {
    readonly cell: string
    readonly contender: string
    readonly perSecond: number
    readonly low: number
    readonly high: number
    readonly p50: number
    readonly p99: number
    readonly p999: number
    readonly clientCpuUs: number
    readonly serverCpuUs: number
    readonly clientRss: number
    readonly serverRss: number
  }[]
  readonly promised: readonly Promised[]
  readonly machine: { readonly node: string; readonly cpu: string; readonly cores: number }
  readonly rounds: number
  readonly ms: number
}

/** Writes bench/results/peers.md: the ratios first, then every figure. */
export function written({ rows, promised, machine, rounds, ms }: Results): void {
  const folder = new URL('../results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const lines = [
    '# Peers',
    '',
    `\`npm run bench -- peers\`, node ${machine.node}, ${machine.cores} cores of ${machine.cpu}, medians of ${rounds} alternating rounds of ${ms} ms. Use the ratios.`,
    '',
    '| ratio | measured | promised | kept |',
    '| --- | ---: | --- | --- |',
    ...promised.map(
      ({ name, ratio, least, most, kept }) =>
        `| ${name} | ${ratio} | ${least ? `at least ${least}` : `at most ${most}`} | ${kept ? 'yes' : 'no'} |`,
    ),
  ]
  for (const cell of new Set(rows.map((row) => row.cell))) {
    lines.push('', `## ${cell}`, '')
    lines.push('| stack | calls/s | p50 µs | p99 µs | p99.9 µs | CPU µs client/server | RSS MiB client/server |')
    lines.push('| --- | ---: | ---: | ---: | ---: | ---: | ---: |')
    for (const row of rows.filter((one) => one.cell === cell).sort((a, b) => b.perSecond - a.perSecond)) {
      lines.push(
        `| ${row.contender} | ${row.perSecond} (${row.low}–${row.high}) | ${row.p50} | ${row.p99} | ${row.p999} | ${row.clientCpuUs}/${row.serverCpuUs} | ${mib(row.clientRss)}/${mib(row.serverRss)} |`,
      )
    }
  }
  writeFileSync(new URL('peers.md', folder), `${lines.join('\n')}\n`)
}

const mib = (bytes: number): number => Math.round(bytes / 2 ** 20)
