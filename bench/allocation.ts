import { parseArgs } from 'node:util'
import { type Allocated, allocated } from './allocation/allocated.ts'
import { built } from './parts/built.ts'
import { rounded } from './parts/numbers.ts'
import { COMMON, CONTENDERS, whole } from './parts/options.ts'
import { promised } from './parts/promised.ts'
import { report } from './parts/report.ts'

// Bytes that a call allocates on the heap of the consumer and of the provider, exactly, beside raw sockets.

const { values } = parseArgs({
  options: {
    ...COMMON,
    /** Of one round. */
    calls: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '5' },
  },
})
const { quick, json } = values
const rounds = quick ? 1 : whole('rounds', values.rounds)
const calls = quick ? 200 : whole('calls', values.calls)
built()

const all: Allocated[] = []
for (const file of CONTENDERS) all.push(await allocated(file, { calls, rounds, warmUp: quick ? 200 : 30_000 }))
const of = (name: string): Allocated => all.find(({ contender }) => contender === name)!
const bare = of('net-json')
const ratio = (name: string, side: 'client' | 'server', against: string): number => of(name)[side] / of(against)[side]

report({
  suite: 'allocation',
  how: `Bytes on the JavaScript heap per call of 100 B, 64 in flight; medians of ${rounds} rounds of ${calls} calls in which nothing was collected. What Node keeps outside the heap, such as the bytes of buffers, is not in it.`,
  tables: [
    {
      title: 'A call',
      rows: all.map(({ contender, client, server, calls }) => ({
        stack: contender,
        ...{ 'client B': rounded(client), '× net-json': rounded(client / bare.client, 2) },
        ...{ 'server B': rounded(server), '× net-json, server': rounded(server / bare.server, 2) },
        'calls a round': calls,
      })),
    },
  ],
  promised: [
    promised('stream/net-json, client', ratio('stream', 'client', 'net-json'), { most: 2.9 }),
    promised('stream/net-json, server', ratio('stream', 'server', 'net-json'), { most: 4 }),
    promised('http/fastify-undici, client', ratio('http', 'client', 'fastify-undici'), { most: 1.2 }),
    promised('http/fastify-undici, server', ratio('http', 'server', 'fastify-undici'), { most: 1.8 }),
  ],
  ...{ json, quick },
})
