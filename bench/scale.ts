import { parseArgs } from 'node:util'
import { built } from './parts/built.ts'
import { kib, mib, rounded } from './parts/numbers.ts'
import { COMMON, whole } from './parts/options.ts'
import { type Promised, promised } from './parts/promised.ts'
import { report, type Table } from './parts/report.ts'
import { groups } from './scale/groups.ts'
import { type Measured, measured } from './scale/measured.ts'

// What a thousand costs: peers of one service, services with a few peers each, connections to one provider. Every peer is an
// address and a connection of its own, over stream; few processes stand behind them. Linux only: it has all of 127.0.0.0/8.

const { values } = parseArgs({
  options: {
    ...COMMON,
    /** How many peers, services and connections. */
    size: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    /** Of one round, in ms. */
    ms: { type: 'string', default: '1500' },
  },
})
const { quick, json } = values
const size = quick ? 20 : whole('size', values.size)
const rounds = quick ? 1 : whole('rounds', values.rounds)
const ms = quick ? 100 : whole('ms', values.ms)
built()

const tables: Table[] = []
const all: Promised[] = []
for (const group of groups(size)) {
  const [small, large] = await measured(group, { rounds, ms, warmUp: quick ? 100 : 15_000 })
  tables.push({ title: group.title, rows: rowsOf(small, large) })
  all.push(promised(`calls/s, ${large.shape.name}/${small.shape.name}`, large.perSecond / small.perSecond, group))
}
report({
  suite: 'scale',
  how: `Over stream, 64 calls of 100 B in flight; medians of ${rounds} alternating rounds of ${ms} ms. Connected: every peer has answered a call. Bytes are after a collection, and of all peers or connections together divided by how many there are.`,
  tables,
  promised: all,
  ...{ json, quick },
})

/** A figure a row: there are many, and two shapes. */
function rowsOf(small: Measured, large: Measured): Table['rows'] {
  const peers = ({ shape }: Measured): number => shape.peers * shape.services
  const figures: readonly (readonly [string, (of: Measured) => number])[] = [
    ['ready, ms', ({ begun }) => rounded(begun.readyMs, 1)],
    ['connected, ms', ({ begun }) => rounded(begun.connectedMs, 1)],
    ['longest stall meanwhile, ms', ({ begun }) => rounded(begun.stallMs, 1)],
    ['consumer heap, MiB', ({ begun }) => mib(begun.heap)],
    ['consumer heap a peer, KiB', (of) => kib(of.begun.heap / peers(of))],
    ['consumer heap a service, KiB', (of) => kib(of.begun.heap / of.shape.services)],
    ['consumer RSS a peer, KiB', (of) => kib(of.begun.rss / peers(of))],
    ['provider heap a connection, KiB', (of) => kib(of.grown.heap / peers(of))],
    ['provider RSS a connection, KiB', (of) => kib(of.grown.rss / peers(of))],
    ['calls/s', ({ perSecond }) => rounded(perSecond)],
    ['consumer CPU a call, µs', ({ cpuUs }) => rounded(cpuUs, 1)],
    ['provider CPU a call, µs', ({ providerCpuUs }) => rounded(providerCpuUs, 1)],
    ['consumer CPU while nobody calls, %', ({ idleCpu }) => rounded(idleCpu, 1)],
    ['longest stall while calling, ms', ({ stallMs }) => rounded(stallMs, 1)],
    ['a peer joins, ms', ({ change }) => rounded(change.joinedMs, 1)],
    ['a peer leaves, ms', ({ change }) => rounded(change.leftMs, 1)],
    ['longest stall meanwhile, ms', ({ change }) => rounded(change.stallMs, 1)],
  ]
  return figures.map(([figure, of]) => ({ figure, [small.shape.name]: of(small), [large.shape.name]: of(large) }))
}
