import { median, sum } from '../parts/numbers.ts'
import type { Process } from '../parts/process.ts'
import type { Group, Shape } from './groups.ts'
import { type Opened, opened } from './opened.ts'

/** Medians of rounds. Times in ms, CPU in µs a call. */
export interface Measured extends Opened {
  readonly perSecond: number
  readonly cpuUs: number
  readonly providerCpuUs: number
  /** Longest time in which the consumer could do nothing else, while it called. */
  readonly stallMs: number
  readonly change: Change
  /** % of a core while nobody calls. */
  readonly idleCpu: number
}

export interface HowLong {
  readonly rounds: number
  readonly ms: number
  /** Calls before those. */
  readonly warmUp: number
}

/** Until the consumer has taken in a peer that came, and one that said goodbye. */
interface Change {
  readonly joinedMs: number
  readonly leftMs: number
  readonly stallMs: number
}

type Round = Omit<Measured, 'change' | 'idleCpu' | keyof Opened>

/** Measures both shapes of a group, each with providers of its own, in alternating rounds. */
export async function measured(group: Group, { rounds, ms, warmUp }: HowLong): Promise<readonly [Measured, Measured]> {
  const all: Process[] = []
  try {
    const begin = async (shape: Shape): Promise<Taken> => ({
      ...{ of: await opened(shape, all), rounds: [], changes: [], idle: [] },
    })
    const both = [await begin(group.small), await begin(group.large)] as const
    // Whatever is slow makes few calls: they are counted, until everything is compiled.
    for (const { of } of both) await round(of, ms, warmUp)
    for (let i = 0; i < rounds; i++) {
      for (const { of, rounds, changes, idle } of i % 2 === 0 ? both : both.toReversed()) {
        rounds.push(await round(of, ms))
        changes.push(await of.consumer.ask<Change>({ ask: 'change' }, PATIENCE_MS))
        idle.push(await of.consumer.ask<Idle>({ ask: 'idle', ms }, PATIENCE_MS))
      }
    }
    const told = ({ of, rounds, changes, idle }: Taken): Measured => ({
      ...{ ...of, ...medians(rounds), change: medians(changes), idleCpu: medians(idle).idleCpu },
    })
    return [told(both[0]), told(both[1])]
  } finally {
    for (const one of all) one[Symbol.dispose]()
  }
}

/** What has been measured of a shape so far. */
interface Taken {
  readonly of: Opened
  readonly rounds: Round[]
  readonly changes: Change[]
  readonly idle: Idle[]
}

interface Idle {
  readonly idleCpu: number
}

const PATIENCE_MS = 60_000

async function round({ consumer, providers }: Opened, ms: number, least = 0): Promise<Round> {
  const before = await cpuOf(providers)
  const how = { ask: 'round', inFlight: 64, ms, least }
  const { calls, ...took } = await consumer.ask<Omit<Round, 'providerCpuUs'> & { calls: number }>(how, PATIENCE_MS)
  return { ...took, providerCpuUs: ((await cpuOf(providers)) - before) / calls }
}

async function cpuOf(all: readonly Process[]): Promise<number> {
  const used = await Promise.all(all.map((one) => one.ask<{ cpu: NodeJS.CpuUsage }>({ ask: 'cpu' }, PATIENCE_MS)))
  return sum(used.map(({ cpu }) => cpu.user + cpu.system))
}

/** Of each figure by itself. */
function medians<T extends Readonly<Record<keyof T, number>>>(all: readonly T[]): T {
  const names = Object.keys(all[0]!) as (keyof T)[]
  return Object.fromEntries(names.map((name) => [name, median(all.map((one) => one[name]))])) as T
}
