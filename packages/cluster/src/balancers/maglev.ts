import { type Rng, systemRng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import { fnv1a } from '../hashes/fnv1a.ts'
import type { Hash } from '../hashes/hash.ts'
import { keyed } from '../keys/keyed.ts'
import { byArgument, type Key } from '../keys/keys.ts'
import type { SomePeers } from '../peer.ts'
import { perSet } from '../sets/per-set.ts'
import { maglevTable } from '../tables/maglev-table.ts'
import { membersOf } from '../tables/members.ts'

export interface MaglevOptions {
  /** What must stay with one peer, e.g. a user id. Default: the first argument. */
  readonly key?: Key
  /** For keys and for names of peers. Default `fnv1a`. */
  readonly hash?: Hash
  /**
   * Slots of the table, a prime from 2 to 5 000 011; a hundred times the peers keep shares within about 1 %. The same
   * at all clients, since another size moves every key. Default 65 537, 256 kB and some milliseconds for each set.
   */
  readonly size?: number
  /** For calls without a key. */
  readonly rng?: Rng
}

/**
 * Sends equal keys to the same peer, and as many to each as its weight says, more evenly than a ring. When a peer
 * leaves or joins, keys of others move as well: with 65 537 slots some 3 % more than must at 10 peers, some 60 % more
 * at 100. A pick is one look into a table; see `maglevTable` for the algorithm.
 */
export function maglev({
  key = byArgument(0),
  hash = fnv1a,
  size = 65_537,
  rng = systemRng,
}: MaglevOptions = {}): Balancer {
  if (!(size <= 5_000_011 && isPrime(size))) {
    throw new RangeError(`size must be a prime from 2 to 5000011, e.g. 65537, got ${size}`)
  }
  const tables = perSet((peers: SomePeers) => maglevTable(membersOf(peers, hash), size))
  return keyed(key, rng, (peers, text) => peers[tables(peers)[(hash(text) >>> 0) % size]!]!)
}

function isPrime(n: number): boolean {
  if (!Number.isInteger(n) || n < 2) return false
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false
  return true
}
