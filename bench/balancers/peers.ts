import { directory, type Peers, type SomePeers } from '@kumquat/cluster'
import {
  Cell,
  type Connect,
  type Endpoint,
  type Invocation,
  type Live,
  type ProviderRecord,
  providerRecord,
} from '@kumquat/core'

const REPLY = { value: 'pong' }

/** A line to nobody, that answers at once. */
export const connect: Connect = (): Endpoint => ({
  invoke: async () => REPLY,
  status: 'open',
  async [Symbol.asyncDispose]() {},
})

/** Providers of three weights. */
export const recordsOf = (size: number): readonly ProviderRecord[] =>
  Array.from({ length: size }, (_, n) =>
    providerRecord({ host: `10.0.${n >> 8}.${n & 255}`, port: 20_880, weight: 100 * ((n % 3) + 1) }),
  )

/** Such peers as a consumer has, over lines to nobody, which need no closing. */
export function peersOf(size: number, opened: Connect = connect): Live<SomePeers> {
  return directory({ records: new Cell(recordsOf(size)), connect: opened }) as Live<Peers> as Live<SomePeers>
}

/** Calls of so many users. */
export const callsOf = (users: number): readonly Invocation[] =>
  Array.from({ length: users }, (_, n) => ({
    service: { app: 'movie', group: 'catalog' },
    method: 'getMovieById',
    args: [`user:${n}`],
    attachments: {},
    idempotent: true,
  }))
