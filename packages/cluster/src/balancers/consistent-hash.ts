import { type Rng, systemRng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import { fnv1a } from '../hashes/fnv1a.ts'
import type { Hash } from '../hashes/hash.ts'
import { mix } from '../hashes/mix.ts'
import { byArgument, type Key } from '../keys/keys.ts'
import { onRing } from '../rings/on-ring.ts'
import { seedsOf } from '../tables/members.ts'
import { weightsOf } from '../tables/weights.ts'

export interface ConsistentHashOptions {
  /** What must stay with one peer, e.g. a user id. Default: the first argument. */
  readonly key?: Key
  /** For keys and for names of peers. Default `fnv1a`. */
  readonly hash?: Hash
  /**
   * Points on the ring, 1 to 10 000, of a peer whose weight is a power of 2 that no other reaches twice. Default 160.
   */
  readonly points?: number
  /**
   * Bounded load: how many times its fair share of all calls in flight a peer may have, 1 or more, before keys walk on
   * to the next; `true` = 1.25. Default false: a key stays where it is, however busy the peer.
   */
  readonly bound?: number | boolean
  /** For calls without a key. */
  readonly rng?: Rng
}

/**
 * Sends equal keys to the same peer. A peer that leaves, joins or changes its weight moves only the keys it had or
 * gets, as long as the greatest weight of the set stays between the same two powers of 2. Karger et al., "Consistent
 * Hashing and Random Trees", 1997. While a peer is not open, its keys go to the next on the ring. For the points that
 * other clients lay see `ketama`.
 */
export function consistentHash({
  key = byArgument(0),
  hash = fnv1a,
  points = 160,
  bound = false,
  rng = systemRng,
}: ConsistentHashOptions = {}): Balancer {
  if (!Number.isInteger(points) || points < 1 || points > 10_000) {
    throw new RangeError(`points must be an integer from 1 to 10000, got ${points}`)
  }
  return onRing({
    key,
    bound,
    rng,
    position: (text) => hash(text) >>> 0,
    members(peers) {
      const weights = weightsOf(peers)
      // Not relative to the greatest weight: each change of that one would move keys of everybody.
      const unit = 2 ** Math.floor(Math.log2(weights.reduce((a, b) => Math.max(a, b))))
      return peers.map(({ record }, index) => {
        const count = Math.ceil((points * weights[index]!) / unit)
        return { name: record.id, positions: scatter(record.id, count, hash) }
      })
    },
  })
}

/** As many points as asked, of which fewer are always the first. */
function scatter(name: string, count: number, hash: Hash): Uint32Array {
  const [seed, other] = seedsOf(name, hash)
  const positions = new Uint32Array(count)
  for (let i = 0; i < count; i++) positions[i] = mix(seed ^ mix(other + i))
  return positions
}
