import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { type Sides, sides } from '../parts/sides.ts'

/** What came of one round at one rate. Latencies in µs, from the time at which a call was due. */
export interface Round {
  readonly calls: number
  readonly errors: number
  /** How many of them by their code, or their name. Calls that were never answered are `no answer`. */
  readonly reasons: Readonly<Record<string, number>>
  /** Calls sent more than a millisecond after they were due, and the most that one was. */
  readonly late: number
  readonly latestMs: number
  /** The most calls that were on their way at once. */
  readonly backlog: number
  /** Between the time the last call was due and the last answer. */
  readonly overrunMs: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** All rounds of a contender at a rate. */
export interface AtRate {
  readonly contender: string
  readonly rate: number
  readonly rounds: readonly Round[]
}

export interface RoundsOptions {
  readonly contenders: readonly string[]
  readonly rates: readonly number[]
  readonly rounds: number
  readonly seconds: number
}

const BYTES = 100

/** Every contender at every rate in alternating rounds, after one at the highest rate that does not count. */
export async function measured({ contenders, rates, rounds, seconds }: RoundsOptions): Promise<readonly AtRate[]> {
  const all: { readonly contender: string; readonly both: Sides }[] = []
  const client = new URL('client-process.mjs', import.meta.url)
  const ask = ({ client }: Sides, rate: number): Promise<Round> =>
    client.ask({ rate, seconds, bytes: BYTES }, seconds * 1_000 + 60_000)
  try {
    for (const file of contenders) {
      const both = await sides({ file, run: randomUUID(), client })
      all.push({ contender: basename(file), both })
      await ask(both, Math.max(...rates))
    }
    const taken: AtRate[] = []
    for (const rate of rates) {
      const here = all.map(({ contender, both }) => ({ contender, rate, both, rounds: [] as Round[] }))
      for (let i = 0; i < rounds; i++) {
        for (const one of i % 2 === 0 ? here : here.toReversed()) one.rounds.push(await ask(one.both, rate))
      }
      taken.push(...here)
    }
    return taken
  } finally {
    for (const { both } of all) both[Symbol.dispose]()
  }
}

/**
 * Whether, in most rounds, all calls were answered, and the last of them soon after it was due: within 5 % of the time they
 * took. Where a queue grows, it does so by far more.
 */
export function sustained({ rounds, rate }: AtRate): boolean {
  const held = rounds.filter(({ errors, overrunMs, calls }) => errors === 0 && overrunMs <= 50 * (calls / rate))
  return held.length * 2 > rounds.length
}
