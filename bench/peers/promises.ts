import { median } from '../parts/numbers.ts'
import { type Bound, type Promised, promised } from '../parts/promised.ts'
import type { Round } from './contender.ts'

/** The rounds of a contender in a cell; none where it took no part. */
export type Rounds = (cell: string, contender: string) => readonly Round[]

/** Whoever is compared runs one after another: a shared machine changes its speed within seconds. The rest comes after them. */
export const ORDER: readonly string[] = [
  ...['grpc-js', 'http', 'fastify-undici'],
  ...['net-json', 'stream-unprotected', 'stream', 'moleculer', 'nestjs'],
]

/** The ratios that the project promises, of what was measured: medians of the ratios of each round. */
export function promises(of: Rounds): readonly Promised[] {
  const ratio = (cell: string, ours: string, other: string, what: keyof Round): number | undefined => {
    const theirs = of(cell, other)
    const ratios = theirs.length === 0 ? [] : of(cell, ours).map((round, at) => round[what] / theirs[at]![what])
    return ratios.length === 0 ? undefined : median(ratios)
  }
  const rate = (cell: string, ours: string, other: string): number | undefined => ratio(cell, ours, other, 'perSecond')
  const small = (other: string): number | undefined => rate(SMALL_1, 'stream', other)
  const p99 = (cell: string): number => median(of(cell, 'stream').map((round) => round.p99))
  const besideLarge = [BESIDE, SMALL_1].some((cell) => of(cell, 'stream').length === 0)
    ? undefined
    : p99(BESIDE) / p99(SMALL_1)
  const asked: readonly (readonly [string, number | undefined, Bound])[] = [
    ['stream/net-json', small('net-json'), { least: 0.65 }],
    ['stream/moleculer', small('moleculer'), { least: 2.5 }],
    ['stream/nestjs', small('nestjs'), { least: 2 }],
    ['stream/moleculer, 3 servers', rate(SMALL_3, 'stream', 'moleculer'), { least: 3.5 }],
    ['stream/grpc-js', small('grpc-js'), { least: 18 }],
    ['http/fastify-undici', rate(SMALL_1, 'http', 'fastify-undici'), { least: 0.85 }],
    ['http/grpc-js', rate(SMALL_1, 'http', 'grpc-js'), { least: 4 }],
    ['p50 of stream/net-json, 1 in flight', ratio(SINGLE, 'stream', 'net-json', 'p50'), { most: 1.35 }],
    ['stream/net-json, 10 kB', rate(MIDDLE, 'stream', 'net-json'), { least: 0.6 }],
    ['p99 of small calls beside 1 MB/alone', besideLarge, { most: 3 }],
    ['stream/unprotected', small('stream-unprotected'), { least: 0.85 }],
  ]
  return asked.flatMap(([name, value, bound]) => (value === undefined ? [] : [promised(name, value, bound)]))
}

const SMALL_1 = '1 server, 64 in flight, 100 B'
const SMALL_3 = '3 servers, 64 in flight, 100 B'
const SINGLE = '1 server, 1 in flight, 100 B'
const MIDDLE = '1 server, 64 in flight, 10 kB'
const BESIDE = '1 server, 64 in flight, 100 B, beside 1 MB'
