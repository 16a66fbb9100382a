import { parseArgs } from 'node:util'
import { type AtRate, measured, type Round, sustained } from './latency/rounds.ts'
import { built } from './parts/built.ts'
import { median, rounded, sum } from './parts/numbers.ts'
import { COMMON, CONTENDERS, whole, wholes } from './parts/options.ts'
import { promised } from './parts/promised.ts'
import { report } from './parts/report.ts'

// How long calls take at fixed rates, from the time at which each was due: this stack beside raw sockets and bare fastify with
// undici. A rate that could not be sustained is called that, for its latencies say only how long one has measured.

const { values } = parseArgs({
  options: {
    ...COMMON,
    /** Calls a second, with commas between. */
    rates: { type: 'string', default: '1000,2000,5000' },
    /** Of one round. */
    seconds: { type: 'string', default: '3' },
    /** Alternating rounds. */
    rounds: { type: 'string', default: '3' },
  },
})
const { quick, json } = values
const rates = quick ? [500] : wholes('rates', values.rates)
const seconds = quick ? 0.2 : whole('seconds', values.seconds)
const rounds = quick ? 1 : whole('rounds', values.rounds)
built()

const all = await measured({ contenders: CONTENDERS, rates, seconds, rounds })
const of = (contender: string, rate: number): AtRate =>
  all.find((one) => one.contender === contender && one.rate === rate)!
type Figure = Exclude<keyof Round, 'reasons'>
const middle = ({ rounds }: AtRate, of: Figure): number => median(rounds.map((round) => round[of]))
const most = ({ rounds }: AtRate, of: Figure): number => Math.max(...rounds.map((round) => round[of]))

/** How many calls failed, and of what: `0`, `12: resource_exhausted 12`. */
function failures({ rounds }: AtRate): string {
  const reasons: Record<string, number> = {}
  for (const round of rounds) {
    for (const [reason, times] of Object.entries(round.reasons)) reasons[reason] = (reasons[reason] ?? 0) + times
  }
  const all = sum(rounds.map(({ errors }) => errors))
  const listed = Object.entries(reasons).map(([reason, times]) => `${reason} ${times}`)
  return all === 0 ? '0' : `${all}: ${listed.join(', ')}`
}

const tables = rates.map((rate) => ({
  title: `${rate} calls a second`,
  rows: all
    .filter((one) => one.rate === rate)
    .map((one) => ({
      stack: one.contender,
      ...{ 'p50 µs': rounded(middle(one, 'p50')), 'p90 µs': rounded(middle(one, 'p90')) },
      ...{ 'p99 µs': rounded(middle(one, 'p99')), 'p99.9 µs': rounded(middle(one, 'p999')) },
      'max µs': rounded(most(one, 'max')),
      'sent late %': rounded(
        (100 * sum(one.rounds.map(({ late }) => late))) / sum(one.rounds.map(({ calls }) => calls)),
        1,
      ),
      'latest ms': rounded(most(one, 'latestMs'), 1),
      'most at once': most(one, 'backlog'),
      errors: failures(one),
      sustained: sustained(one) ? 'yes' : 'NO',
    })),
}))

/** The highest rate up to which all were sustained, 0 if none was. */
const held = (contender: string): number => {
  const broken = rates.findIndex((rate) => !sustained(of(contender, rate)))
  return (broken === -1 ? rates.at(-1) : rates[broken - 1]) ?? 0
}
const first = rates[0]!
/** Of the quietest round of each: whatever else the machine does can only add. */
const p50 = (contender: string): number => Math.min(...of(contender, first).rounds.map((round) => round.p50))

report({
  suite: 'latency',
  how: `Calls of 100 B on a schedule, latencies from the time each was due; medians of ${rounds} alternating rounds of ${seconds} s, and the greatest of all maxima. Sent late: more than a millisecond after it was due. Ratios of p50 are of the quietest round of each.`,
  tables,
  promised: [
    promised(`p50 of stream/net-json at ${first}/s`, p50('stream') / p50('net-json'), { most: 1.6 }),
    promised(`p50 of http/fastify-undici at ${first}/s`, p50('http') / p50('fastify-undici'), { most: 1.5 }),
    promised('rate sustained, stream/net-json', held('stream') / held('net-json'), { least: 1 }),
    promised('rate sustained, http/fastify-undici', held('http') / held('fastify-undici'), { least: 1 }),
  ],
  more: { rates, seconds, rounds },
  ...{ json, quick },
})
