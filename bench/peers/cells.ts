import type { RoundAsked } from './contender.ts'

/** One column of the bench: what is asked of every contender. */
export interface Cell extends Omit<RoundAsked, 'ms'> {
  readonly name: string
  readonly servers: number
  /** Of whom it is asked. Default: all. */
  readonly only?: readonly string[]
}

const cell = (servers: number, inFlight: number, bytes: number): Cell => ({
  name: `${servers} server${servers > 1 ? 's' : ''}, ${inFlight} in flight, ${sizeOf(bytes)}`,
  ...{ servers, inFlight, bytes },
})

const sizeOf = (bytes: number): string =>
  bytes >= 1_000_000 ? `${bytes / 1_000_000} MB` : bytes >= 1_000 ? `${bytes / 1_000} kB` : `${bytes} B`

/** Small calls beside large ones: only whoever shares a connection can hold them up. */
const beside: Cell = {
  ...{
    name: '1 server, 64 in flight, 100 B, beside 1 MB',
    servers: 1,
    inFlight: 64,
    bytes: 100,
    besideBytes: 1_000_000,
  },
  only: ['stream', 'http', 'net-json'],
}

export const CELLS: readonly Cell[] = [
  ...[1, 3].flatMap((servers) => [64, 1, 256].map((inFlight) => cell(servers, inFlight, 100))),
  ...[1, 3].flatMap((servers) => [64, 1, 256].map((inFlight) => cell(servers, inFlight, 10_000))),
  ...[1, 3].flatMap((servers) => [64, 1, 256].map((inFlight) => cell(servers, inFlight, 1_000_000))),
  beside,
]

/** What the promises are about. */
export const PROMISED: readonly Cell[] = [
  cell(1, 64, 100),
  cell(3, 64, 100),
  cell(1, 1, 100),
  cell(1, 64, 10_000),
  beside,
]
