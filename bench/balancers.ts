import { parseArgs } from 'node:util'
import { breakers } from './balancers/breakers.ts'
import { callPath, defaultPath } from './balancers/call-path.ts'
import type { Figure } from './balancers/measure.ts'
import { picks } from './balancers/picks.ts'
import { whole } from './parts/options.ts'

// What a pick, a breaker and the whole cluster layer cost, in ns of CPU time, beside npm hashring, opossum and cockatiel
// in the same run. Fails if the cluster layer adds more than a microsecond to a call at 1 000 peers.

const SIZES = [10, 100, 1_000, 10_000]
const PATH = { peers: 1_000, limitNs: 1_000 }

const { values } = parseArgs({
  options: {
    /** Alternating rounds of 10 ms each. */
    rounds: { type: 'string', default: '25' },
    json: { type: 'boolean', default: false },
  },
})
const rounds = whole('rounds', values.rounds)
const heading = (title: string): void => console.error(`\n${title}, ns of CPU time, medians of ${rounds} rounds`)
const row = (name: string, ...cells: readonly string[]): void =>
  console.error(`  ${name.padEnd(30)}${cells.map((cell) => ` ${cell.padStart(11)}`).join('')}`)

console.error(`balancers: node ${process.version}`)
const line = ({ name, ns, low, high }: Figure): void => row(name, String(ns), `(${low}–${high})`)
// First of all, and the largest sets last: each set leaves its traces in the heap and in the compiled code.
heading(`a call through the default cluster of ${PATH.peers.toLocaleString('en')} peers`)
const pathRows = await defaultPath(PATH.peers, rounds)
pathRows.forEach(line)
const [{ ns: bareNs, low: bareLowNs }, { ns: clusterNs, low: clusterLowNs }] = pathRows
const addedNs = Math.round(clusterNs - bareNs)
const ok = addedNs <= PATH.limitNs
console.error(`  added: ${addedNs} ns, ${ok ? 'within' : 'MORE THAN'} the ${PATH.limitNs} ns allowed`)
console.error(`  in the fastest rounds: ${Math.round(clusterLowNs - bareLowNs)} ns`)

heading('part after part, all of these clusters in one process')
const partRows = await callPath(PATH.peers, rounds)
partRows.forEach(line)

heading('a call through a breaker')
const breakerRows = await breakers(rounds)
breakerRows.forEach(line)

heading(`a pick among ${SIZES.map((size) => size.toLocaleString('en')).join(', ')} peers`)
const bySize: (readonly Figure[])[] = []
for (const size of SIZES) bySize.push(await picks(size, rounds))
const pickRows = bySize[0]!.map(({ name }, index) => ({
  name,
  ns: Object.fromEntries(SIZES.map((size, column) => [size, bySize[column]![index]!.ns])),
}))
for (const { name, ns } of pickRows) row(name, ...SIZES.map((size) => String(ns[size])))

if (values.json) {
  const path = { ...PATH, bareNs, clusterNs, addedNs, ok, rows: pathRows, parts: partRows }
  console.log(
    JSON.stringify({
      suite: 'balancers',
      unit: 'ns of CPU time',
      rounds,
      node: process.version,
      picks: pickRows,
      breakers: breakerRows,
      path,
      ok,
    }),
  )
}
if (!ok) process.exitCode = 1
