import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { CELLS, type Cell, PROMISED } from './peers/cells.ts'
import { type Contender, contender, type Round } from './peers/contender.ts'
import { installed } from './peers/installed.ts'
import { promises } from './peers/promises.ts'
import { written } from './peers/written.ts'

// This stack over stream and over HTTP beside the peers it is compared with, in one run on one machine: alternating rounds,
// server and client in processes of their own. The exit status is 0 only if every promised ratio was reached.

const { values } = parseArgs({
  options: {
    /** Alternating rounds. */
    rounds: { type: 'string', default: '3' },
    /** Of one round, in ms. */
    ms: { type: 'string', default: '1500' },
    /** Contenders, as the files of bench/peers/ours and bench/peers/others are named. Default all. */
    only: { type: 'string' },
    /** Only columns whose name has this in it, such as `1 server, 64`. */
    column: { type: 'string', default: '' },
    /** Every size, concurrency and number of servers, not only what promises are about. */
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const rounds = whole('rounds', values.rounds)
const ms = whole('ms', values.ms)
installed()

/** Names of contenders, and the folder of each. */
const folders = new Map(
  ['ours', 'others'].flatMap((folder) =>
    readdirSync(new URL(`./peers/${folder}/`, import.meta.url))
      .filter((file) => file.endsWith('.mjs') && file !== 'whole-stack.mjs')
      .map((file) => [file.replace('.mjs', ''), folder] as const),
  ),
)
const everybody = [...folders.keys()]
const chosen = values.only?.split(',') ?? everybody
const unknown = chosen.find((name) => !everybody.includes(name))
if (unknown !== undefined) throw new RangeError(`--only ${JSON.stringify(unknown)} is none of ${everybody.join(', ')}`)

const rows: Row[] = []
const failed = new Set<string>()
const columns = (values.all ? CELLS : PROMISED).filter(({ name }) => name.includes(values.column))
if (columns.length === 0) throw new RangeError(`--column ${JSON.stringify(values.column)} is in the name of no column`)
for (const cell of columns) rows.push(...(await measured(cell)))

const medians = (cell: string, name: string): Row | undefined =>
  rows.find((row) => row.cell === cell && row.contender === name)
const promised = promises(medians)
for (const { name, ratio, least, most, kept } of promised) {
  console.error(
    `${kept ? 'kept  ' : 'MISSED'} ${name.padEnd(40)} × ${ratio} (${least ? `at least ${least}` : `at most ${most}`})`,
  )
}
const machine = { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length }
written({ rows, promised, machine, rounds, ms })
if (values.json) {
  const ratios = Object.fromEntries(promised.map(({ name, ratio }) => [name, ratio]))
  console.log(
    JSON.stringify({ suite: 'peers', ratios, promised, table: rows, failed: [...failed], machine, rounds, ms }),
  )
}
process.exitCode = promised.every(({ kept }) => kept) ? 0 : 1
process.exit()

interface Row extends Round {
  readonly cell: string
  readonly contender: string
  readonly low: number
  readonly high: number
}

async function measured(cell: Cell): Promise<readonly Row[]> {
  const asked = chosen.filter((name) => !failed.has(name) && (cell.only?.includes(name) ?? true))
  const all: { readonly of: Contender; readonly took: Round[] }[] = []
  const ask = { ...cell, ms: cell.bytes >= 1_000_000 ? 2 * ms : ms }
  try {
    for (const name of asked) {
      try {
        const of = await contender(`${folders.get(name)}/${name}`, cell.servers, randomUUID())
        await of.round(ask)
        all.push({ of, took: [] })
      } catch (error) {
        failed.add(name)
        console.error(`${name} takes no part: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    for (let i = 0; i < rounds; i++) {
      for (const { of, took } of i % 2 === 0 ? all : all.toReversed()) took.push(await of.round(ask))
    }
  } finally {
    for (const { of } of all) of[Symbol.dispose]()
  }
  console.error(`\n${cell.name}: ${rounds} alternating rounds of ${ask.ms} ms, medians`)
  return all.map(({ of, took }) => {
    const row = { cell: cell.name, contender: of.name, ...mediansOf(took) }
    console.error(
      `  ${of.name.padEnd(22)} ${String(row.perSecond).padStart(8)} calls/s (${row.low}–${row.high})  p50 ${row.p50} µs  p99 ${row.p99}  p99.9 ${row.p999}  CPU ${row.clientCpuUs}/${row.serverCpuUs} µs  RSS ${mib(row.clientRss)}/${mib(row.serverRss)} MiB`,
    )
    return row
  })
}

function mediansOf(took: readonly Round[]): Omit<Row, 'cell' | 'contender'> {
  const median = (of: (round: Round) => number, digits = 0): number => {
    const sorted = took.map(of).sort((a, b) => a - b)
    return Number(sorted[sorted.length >> 1]!.toFixed(digits))
  }
  return {
    perSecond: median(({ perSecond }) => perSecond),
    low: Math.round(Math.min(...took.map(({ perSecond }) => perSecond))),
    high: Math.round(Math.max(...took.map(({ perSecond }) => perSecond))),
    ...{ p50: median(({ p50 }) => p50), p99: median(({ p99 }) => p99), p999: median(({ p999 }) => p999) },
    clientCpuUs: median(({ clientCpuUs }) => clientCpuUs, 1),
    serverCpuUs: median(({ serverCpuUs }) => serverCpuUs, 1),
    clientRss: median(({ clientRss }) => clientRss),
    serverRss: median(({ serverRss }) => serverRss),
  }
}

function mib(bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}

function whole(name: string, text: string): number {
  const n = Number(text)
  if (Number.isInteger(n) && n > 0) return n
  throw new RangeError(`--${name} ${JSON.stringify(text)} is not a whole number above 0`)
}
