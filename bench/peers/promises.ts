import { type Bound, type Promised, promised } from '../parts/promised.ts'
import type { Row } from './medians.ts'

export type Medians = (cell: string, contender: string) => Row | undefined

/** The ratios that the project promises, of what was measured. */
export function promises(of: Medians): readonly Promised[] {
  const rate = (cell: string, contender: string): number | undefined => of(cell, contender)?.perSecond
  const ratio = (a: number | undefined, b: number | undefined): number | undefined => (a && b ? a / b : undefined)
  const [one, three, alone, ten] = [SMALL_1, SMALL_3, SINGLE, MIDDLE]
  const small = (other: string): number | undefined => ratio(rate(one, 'stream'), rate(one, other))
  const besideLarge = ratio(of(BESIDE, 'stream')?.p99, of(SMALL_1, 'stream')?.p99)
  const asked: readonly (readonly [string, number | undefined, Bound])[] = [
    ['stream/net-json', small('net-json'), { least: 0.65 }],
    ['stream/moleculer', small('moleculer'), { least: 2.5 }],
    ['stream/nestjs', small('nestjs'), { least: 2 }],
    ['stream/moleculer, 3 servers', ratio(rate(three, 'stream'), rate(three, 'moleculer')), { least: 3.5 }],
    ['stream/grpc-js', small('grpc-js'), { least: 18 }],
    ['http/fastify-undici', ratio(rate(one, 'http'), rate(one, 'fastify-undici')), { least: 0.85 }],
    ['http/grpc-js', ratio(rate(one, 'http'), rate(one, 'grpc-js')), { least: 4 }],
    [
      'p50 of stream/net-json, 1 in flight',
      ratio(of(alone, 'stream')?.p50, of(alone, 'net-json')?.p50),
      { most: 1.35 },
    ],
    ['stream/net-json, 10 kB', ratio(rate(ten, 'stream'), rate(ten, 'net-json')), { least: 0.6 }],
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
