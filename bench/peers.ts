import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { built } from './parts/built.ts'
import { whole } from './parts/options.ts'
import { report } from './parts/report.ts'
import { CELLS, type Cell, PROMISED } from './peers/cells.ts'
import { type Contender, contender, type Round } from './peers/contender.ts'
import { installed } from './peers/installed.ts'
import { rowOf, type Took, tablesOf } from './peers/medians.ts'
import { ORDER, promises } from './peers/promises.ts'

// This stack over stream and over HTTP beside the peers it is compared with, in one run on one machine: alternating rounds,
// server and client in processes of their own. The exit status is 0 only if every promised ratio was reached.

const { values } = parseArgs({
  options: {
    /** Alternating rounds. */
    rounds: { type: 'string', default: '15' },
    /** Of one round, in ms: many short ones, since a shared machine changes its speed within seconds. */
    ms: { type: 'string', default: '500' },
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
built()
installed()

/** The first round of each, which does not count, is so much longer: until its code is compiled. */
const WARM_ROUNDS = 4

/** Names of contenders, and the folder of each. */
const folders = new Map(
  ['ours', 'others'].flatMap((folder) =>
    readdirSync(new URL(`./peers/${folder}/`, import.meta.url))
      .filter((file) => file.endsWith('.mjs') && file !== 'whole-stack.mjs')
      .map((file) => [file.replace('.mjs', ''), folder] as const),
  ),
)
const rank = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)
const everybody = [...folders.keys()].sort((a, b) => rank(a) - rank(b))
const asked = values.only?.split(',') ?? everybody
const unknown = asked.find((name) => !everybody.includes(name))
if (unknown !== undefined) throw new RangeError(`--only ${JSON.stringify(unknown)} is none of ${everybody.join(', ')}`)
const chosen = everybody.filter((name) => asked.includes(name))

const took: Took[] = []
const failed = new Set<string>()
const columns = (values.all ? CELLS : PROMISED).filter(({ name }) => name.includes(values.column))
if (columns.length === 0) throw new RangeError(`--column ${JSON.stringify(values.column)} is in the name of no column`)
for (const cell of columns) took.push(...(await measured(cell)))

const rows = took.map(rowOf)
report({
  suite: 'peers',
  how: `Medians of ${rounds} alternating rounds of ${ms} ms; ratios are medians of those of each round. Use the ratios.`,
  tables: tablesOf(rows),
  promised: promises((cell, name) => took.find((one) => one.cell === cell && one.contender === name)?.rounds ?? []),
  more: { table: rows, failed: [...failed], rounds, ms },
  json: values.json,
})

async function measured(cell: Cell): Promise<readonly Took[]> {
  const taking = chosen.filter((name) => !failed.has(name) && (cell.only?.includes(name) ?? true))
  const all: { readonly of: Contender; readonly took: Round[] }[] = []
  const ask = { ...cell, ms: cell.bytes >= 1_000_000 ? 2 * ms : ms }
  try {
    for (const name of taking) {
      try {
        const of = await contender(`${folders.get(name)}/${name}`, cell.servers, randomUUID())
        await of.round({ ...ask, ms: WARM_ROUNDS * ask.ms })
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
  console.error(`measured: ${cell.name}`)
  return all.map(({ of, took: rounds }) => ({ cell: cell.name, contender: of.name, rounds }))
}
