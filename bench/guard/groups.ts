import { basename } from 'node:path'
import { type Allocated, allocated } from '../allocation/allocated.ts'
import { breakers } from '../balancers/breakers.ts'
import { defaultPath } from '../balancers/call-path.ts'
import type { Figure } from '../balancers/measure.ts'
import { picks } from '../balancers/picks.ts'
import { CONTENDERS } from '../parts/options.ts'
import { cpu } from './cpu.ts'

/** Ratios that are measured together. */
export interface Group {
  /** By how much more than the baseline a ratio may be before it is worse, as a part of it. */
  readonly tolerance: number
  measure(): Promise<Readonly<Record<string, number>>>
}

export interface GroupsOptions {
  /** The least that shows that it runs. */
  readonly quick: boolean
}

const PEERS = 1_000

/**
 * Everything that is guarded. Five runs on a machine with other work differed from their median by 3 % in bytes, 21 % in CPU
 * time of two processes, which depends on how many calls meet in one write, and 29 % in nanoseconds of one process: the
 * tolerances are above that.
 */
export function groups({ quick }: GroupsOptions): readonly Group[] {
  const rounds = quick ? 1 : 9
  const size = quick ? 100 : PEERS
  return [
    { tolerance: 0.35, measure: () => cpu(quick ? { rounds: 1, ms: 50 } : { rounds: 7, ms: 500 }) },
    {
      tolerance: 0.4,
      async measure() {
        const of = named(await picks(size, rounds))
        return {
          'pick, p2c/npm hashring': of('p2c') / of('npm hashring'),
          'pick, consistent-hash/npm hashring': of('consistent-hash') / of('npm hashring'),
        }
      },
    },
    {
      tolerance: 0.4,
      async measure() {
        const of = named(await breakers(rounds))
        const [, path] = await defaultPath(size, rounds)
        return {
          'breaker/npm opossum': of('kumquat') / of('npm opossum'),
          'cluster as it is by default/npm opossum': path.ns / of('npm opossum'),
        }
      },
    },
    { tolerance: 0.1, measure: () => allocation(quick) },
  ]
}

const named =
  (figures: readonly Figure[]) =>
  (name: string): number =>
    figures.find((figure) => figure.name === name)!.ns

async function allocation(quick: boolean): Promise<Readonly<Record<string, number>>> {
  const how = quick ? { calls: 200, rounds: 1, warmUp: 200 } : { calls: 3_000, rounds: 3, warmUp: 30_000 }
  const of: Record<string, Allocated> = {}
  for (const file of CONTENDERS) of[basename(file)] = await allocated(file, how)
  const ratio = (ours: string, bare: string, side: 'client' | 'server'): number => of[ours]![side] / of[bare]![side]
  return {
    'bytes, stream/net-json, client': ratio('stream', 'net-json', 'client'),
    'bytes, stream/net-json, server': ratio('stream', 'net-json', 'server'),
    'bytes, http/fastify-undici, client': ratio('http', 'fastify-undici', 'client'),
    'bytes, http/fastify-undici, server': ratio('http', 'fastify-undici', 'server'),
  }
}
