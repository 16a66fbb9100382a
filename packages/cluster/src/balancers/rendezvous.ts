import { type Rng, systemRng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import { fnv1a } from '../hashes/fnv1a.ts'
import type { Hash } from '../hashes/hash.ts'
import { keyed } from '../keys/keyed.ts'
import { byArgument, type Key } from '../keys/keys.ts'
import type { SomePeers } from '../peer.ts'
import { perSet } from '../sets/per-set.ts'
import { membersOf } from '../tables/members.ts'
import { rendezvousTables } from '../tables/rendezvous-table.ts'

export interface RendezvousOptions {
  /** What must stay with one peer, e.g. a user id. Default: the first argument. */
  readonly key?: Key
  /** For keys and for names of peers. Default `fnv1a`. */
  readonly hash?: Hash
  /**
   * How many slots the keys fall into, a power of 2 from 16 to 4 194 304. With k slots for each peer, shares differ by
   * some 1/√k. The same at all clients, since another number moves every key. Default 65 536, 256 kB and some
   * milliseconds for each set.
   */
  readonly slots?: number
  /** For calls without a key. */
  readonly rng?: Rng
}

/**
 * Sends equal keys to the same peer, the one that scores highest with the key. Whoever leaves, joins or changes its
 * weight moves only the keys it had or gets: no other hash here keeps that in every case. Keys share slots, and the
 * scores of all slots are settled once a set, so that a pick is one look into a table; a tree of peers would be as
 * quick, but there a leaver changes the weight of every branch above it, and moves keys of others. See
 * `rendezvousTables` for the algorithm.
 */
export function rendezvous({
  key = byArgument(0),
  hash = fnv1a,
  slots = 65_536,
  rng = systemRng,
}: RendezvousOptions = {}): Balancer {
  if (!(slots >= 16 && slots <= 2 ** 22 && Number.isInteger(Math.log2(slots)))) {
    throw new RangeError(`slots must be a power of 2 from 16 to 4194304, got ${slots}`)
  }
  const table = rendezvousTables(slots)
  const tables = perSet((peers: SomePeers) => table(membersOf(peers, hash)))
  return keyed(key, rng, (peers, text) => peers[tables(peers)[hash(text) & (slots - 1)]!]!)
}
