import { parseArgs } from 'node:util'
import { breakers } from './balancers/breakers.ts'
import { callPath, DEFAULT_PATH } from './balancers/call-path.ts'
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
// The largest sets come last: they leave a heap in disorder.
heading(`a call through a cluster of ${PATH.peers.toLocaleString('en')} peers`)
const pathRows = await callPath(PATH.peers, rounds)
for (const { name, ns, low, high } of pathRows) row(name, String(ns), `(${low}–${high})`)
const bareNs = pathRows[0]!.ns
const clusterNs = pathRows.find(({ name }) => name === DEFAULT_PATH)!.ns
const addedNs = Math.round(clusterNs - bareNs)
const ok = addedNs <= PATH.limitNs
console.error(`  added: ${addedNs} ns, ${ok ? 'within' : 'MORE THAN'} the ${PATH.limitNs} ns allowed`)

heading('a call through a breaker')
const breakerRows = await breakers(rounds)
for (const { name, ns, low, high } of breakerRows) row(name, String(ns), `(${low}–${high})`)

heading(`a pick among ${SIZES.map((size) => size.toLocaleString('en')).join(', ')} peers`)
const bySize: (readonly Figure[])[] = []
for (const size of SIZES) bySize.push(await picks(size, rounds))
const pickRows = bySize[0]!.map(({ name }, index) => ({
  name,
  ns: Object.fromEntries(SIZES.map((size, column) => [size, bySize[column]![index]!.ns])),
}))
for (const { name, ns } of pickRows) row(name, ...SIZES.map((size) => String(ns[size])))

if (values.json) {
  const path = { ...PATH, bareNs, clusterNs, addedNs, ok, parts: pathRows }
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
