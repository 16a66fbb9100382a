import { type Rng, systemRng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import { fnv1a } from '../hashes/fnv1a.ts'
import type { Hash } from '../hashes/hash.ts'
import { byArgument, type Key } from '../keys.ts'
import type { SomePeers } from '../peer.ts'
import { perSet } from '../per-set.ts'
import { rendezvousSlots } from '../tables/rendezvous-slots.ts'
import { weightsOf } from '../tables/weights.ts'
import { keyed } from './keyed.ts'

export interface RendezvousOptions {
  /** What must stay with one peer, e.g. a user id. Default: the first argument. */
  readonly key?: Key
  /** For keys and for names of peers. Default `fnv1a`. */
  readonly hash?: Hash
  /**
   * How many slots the keys fall into, 1 to 16 777 216. With k slots for each peer, shares spread by some 1/√k. Four bytes
   * each for every set. The same at all clients, since another number moves every key. Default 65 536.
   */
  readonly slots?: number
  /** For calls without a key. */
  readonly rng?: Rng
}

/**
 * Sends equal keys to the same peer, the one that scores highest with the key. Whoever leaves, joins or changes its weight
 * moves only the keys it had or gets: no other hash here keeps that in every case. The score is weighted as it should be,
 * which no tree or skeleton of peers keeps without moving keys of others (a leaver changes the weight of every branch above
 * it); so the winner is sought among all, but once for each slot, not for each call. See `rendezvousSlots`.
 */
export function rendezvous({
  key = byArgument(0),
  hash = fnv1a,
  slots = 65_536,
  rng = systemRng,
}: RendezvousOptions = {}): Balancer {
  if (!Number.isInteger(slots) || slots < 1 || slots > 2 ** 24) {
    throw new RangeError(`slots must be an integer from 1 to 16777216, got ${slots}`)
  }
  const winners = perSet((peers: SomePeers) => {
    const weights = weightsOf(peers)
    const members = peers.map(({ record: { id } }, index) => {
      return { name: id, weight: weights[index]!, seeds: [hash(id), hash(`#${id}`)] as const }
    })
    return rendezvousSlots(members, slots)
  })
  return keyed(key, rng, (peers, text) => peers[winners(peers)((hash(text) >>> 0) % slots)]!)
}
