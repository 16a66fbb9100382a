import { randomUUID } from 'node:crypto'
import { median } from '../parts/numbers.ts'
import { type Contender, contender, type Round } from '../peers/contender.ts'

export interface CpuOptions {
  readonly rounds: number
  /** Of one round. */
  readonly ms: number
}

const FILES = ['ours/stream', 'others/net-json', 'ours/http', 'others/fastify-undici', 'ours/stream-unprotected']

/** CPU time of a call, as ratios, on either side: medians of those of each round, for rounds follow one another closely. */
export async function cpu({ rounds, ms }: CpuOptions): Promise<Readonly<Record<string, number>>> {
  const all: { readonly of: Contender; readonly took: Round[] }[] = []
  const ask = { inFlight: 64, bytes: 100, ms }
  try {
    for (const file of FILES) {
      const of = await contender(file, 1, randomUUID())
      all.push({ of, took: [] })
      for (let i = 0; i < 3; i++) await of.round(ask)
    }
    for (let i = 0; i < rounds; i++) {
      for (const { of, took } of i % 2 === 0 ? all : all.toReversed()) took.push(await of.round(ask))
    }
  } finally {
    for (const { of } of all) of[Symbol.dispose]()
  }
  const took = (name: string): readonly Round[] => all.find(({ of }) => of.name === name)!.took
  const ratio = (ours: string, bare: string, side: 'clientCpuUs' | 'serverCpuUs'): number =>
    median(took(ours).map((round, i) => round[side] / took(bare)[i]![side]))
  return {
    'CPU, stream/net-json, client': ratio('stream', 'net-json', 'clientCpuUs'),
    'CPU, stream/net-json, server': ratio('stream', 'net-json', 'serverCpuUs'),
    'CPU, http/fastify-undici, client': ratio('http', 'fastify-undici', 'clientCpuUs'),
    'CPU, http/fastify-undici, server': ratio('http', 'fastify-undici', 'serverCpuUs'),
    'CPU, stream/unprotected, client': ratio('stream', 'stream-unprotected', 'clientCpuUs'),
  }
}
