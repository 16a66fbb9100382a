import { parseArgs } from 'node:util'
import { systemClock } from '@kumquat/core'
import { whole } from './parts/options.ts'

export interface Contender {
  readonly name: string
  readonly pid: number
  readonly call: (id: number) => Promise<unknown>
}

export interface CompareOptions {
  readonly suite: string
  /** The contender that the others are a ratio of. */
  readonly against: string
  readonly contenders: readonly Contender[]
  /** `--rounds n` (default 9), `--ms n` a round (default 2 000), `--in-flight n` (default 64), `--json`. */
  readonly argv: readonly string[]
}

interface Round {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Runs every contender in alternating rounds and prints the medians side by side, each as a ratio of `against`. */
export async function compare({ suite, against, contenders, argv }: CompareOptions): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: 'string', default: '9' },
      ms: { type: 'string', default: '2000' },
      'in-flight': { type: 'string', default: '64' },
      json: { type: 'boolean', default: false },
    },
  })
  const [rounds, ms, inFlight] = [
    whole('rounds', values.rounds),
    whole('ms', values.ms),
    whole('in-flight', values['in-flight']),
  ]
  const results = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]))
  for (const contender of contenders) await round(contender, ms, inFlight)
  for (let i = 0; i < rounds; i++) {
    const order = i % 2 === 0 ? contenders : [...contenders].reverse()
    for (const contender of order) results.get(contender.name)!.push(await round(contender, ms, inFlight))
  }
  const rows = contenders.map(({ name }) => summary(name, results.get(name)!))
  const base = rows.find(({ name }) => name === against)!.perSecond
  const table = rows.map((row) => ({ ...row, ratio: round3(row.perSecond / base) }))
  console.error(
    `${suite}: ${inFlight} in flight, ${rounds} alternating rounds of ${ms} ms, medians; node ${process.version}`,
  )
  for (const { name, perSecond, low, high, p50Ms, p99Ms, ratio } of table) {
    console.error(
      `  ${name.padEnd(24)} ${String(perSecond).padStart(7)} calls/s (${low}–${high})  p50 ${p50Ms} ms  p99 ${p99Ms} ms  × ${ratio}`,
    )
  }
  if (values.json)
    console.log(JSON.stringify({ suite, inFlight, rounds, ms, node: process.version, against, rows: table }))
}

async function round({ call }: Contender, ms: number, inFlight: number): Promise<Round> {
  const until = systemClock.now() + ms
  const startedAt = systemClock.now()
  const took: number[] = []
  const caller = async (id: number): Promise<void> => {
    for (let now = systemClock.now(); now < until; ) {
      await call(id)
      const then = now
      now = systemClock.now()
      took.push(now - then)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, (_, id) => caller(id + 1)))
  const seconds = (systemClock.now() - startedAt) / 1000
  took.sort((a, b) => a - b)
  return { perSecond: took.length / seconds, p50Ms: at(took, 0.5), p99Ms: at(took, 0.99) }
}

interface Summary extends Round {
  readonly name: string
  readonly low: number
  readonly high: number
}

function summary(name: string, rounds: readonly Round[]): Summary {
  const rates = rounds.map(({ perSecond }) => perSecond).sort((a, b) => a - b)
  return {
    name,
    perSecond: Math.round(at(rates, 0.5)),
    low: Math.round(rates[0]!),
    high: Math.round(rates.at(-1)!),
    p50Ms: round3(median(rounds.map(({ p50Ms }) => p50Ms))),
    p99Ms: round3(median(rounds.map(({ p99Ms }) => p99Ms))),
  }
}

const at = (sorted: readonly number[], q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? 0
const median = (numbers: readonly number[]): number =>
  at(
    [...numbers].sort((a, b) => a - b),
    0.5,
  )
const round3 = (n: number): number => Math.round(n * 1000) / 1000
