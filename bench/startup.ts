import { parseArgs } from 'node:util'
import { built } from './parts/built.ts'
import { median, rounded } from './parts/numbers.ts'
import { COMMON, whole } from './parts/options.ts'
import { promised } from './parts/promised.ts'
import { report } from './parts/report.ts'
import { entries } from './startup/entries.ts'
import { importMs, KINDS, type Times, times } from './startup/times.ts'

// From the start of a process until a provider listens and is registered, and until a consumer has its first answer, beside
// bare fastify and bare undici; and what each import costs. Cold, but for the files, which the system keeps in memory.

const { values } = parseArgs({
  options: {
    ...COMMON,
    /** Alternating rounds. */
    rounds: { type: 'string', default: '11' },
  },
})
const { quick, json } = values
const rounds = quick ? 1 : whole('rounds', values.rounds)
built()

const taken = await times(rounds)
const of = (kind: keyof Times): readonly number[] => taken.map((round) => round[kind])
const rowOf = (name: string, all: readonly number[]): Record<string, string | number> => ({
  name,
  ...{ ms: rounded(median(all), 1), least: rounded(Math.min(...all), 1), most: rounded(Math.max(...all), 1) },
})

const imported = new Map<string, number[]>()
const names = ['fastify', 'undici', ...(quick ? entries().slice(0, 1) : entries())]
for (let i = 0; i < rounds; i++) {
  for (const name of names) imported.set(name, [...(imported.get(name) ?? []), await importMs(name)])
}

/** Of one round at a time: what the machine does meanwhile falls on both alike. */
const ratio = (ours: keyof Times, bare: keyof Times): number => median(taken.map((round) => round[ours] / round[bare]))

report({
  suite: 'startup',
  how: `From before a process is started to its word that it listens and is registered, or has its first answer; medians of ${rounds} alternating rounds, ratios of each round.`,
  tables: [
    { title: 'A process', rows: KINDS.map((kind) => rowOf(kind, of(kind))) },
    { title: 'An import, as the first of a process', rows: [...imported].map(([name, all]) => rowOf(name, all)) },
  ],
  promised: [
    promised('provider/fastify', ratio('provider', 'fastify'), { most: 2.8 }),
    promised('consumer over HTTP/undici', ratio('consumer, http', 'undici'), { most: 3.4 }),
    promised('consumer over stream/undici', ratio('consumer, stream', 'undici'), { most: 3.4 }),
  ],
  ...{ json, quick },
})
