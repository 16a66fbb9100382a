import type { Invocation } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import type { SomePeers } from '../peer.ts'
import { perSet } from '../per-set.ts'
import { hashRing } from '../tables/hash-ring.ts'
import { weightsOf } from '../tables/weights.ts'

export interface ConsistentHashOptions {
  /** What must stay with one peer, e.g. a user id. */
  readonly key: (invocation: Invocation) => string
  /** Points on the ring of the heaviest peer, 1 to 10 000; the others have theirs in proportion. Default 160. */
  readonly points?: number
}

/**
 * Sends equal keys to the same peer. A peer that leaves or joins moves only the keys it had or gets, as long as the
 * greatest weight of the set stays the same. Karger et al., "Consistent Hashing and Random Trees", 1997; the number of
 * points is ketama's.
 */
export function consistentHash({ key, points = 160 }: ConsistentHashOptions): Balancer {
  if (!Number.isInteger(points) || points < 1 || points > 10_000) {
    throw new RangeError(`points must be an integer from 1 to 10000, got ${points}`)
  }
  const rings = perSet((peers: SomePeers) => {
    const weights = weightsOf(peers)
    const heaviest = weights.reduce((a, b) => Math.max(a, b))
    return hashRing(
      peers.map(({ record }, index) => ({ name: record.id, points: Math.ceil((points * weights[index]!) / heaviest) })),
    )
  })
  return (peers, invocation) => peers[rings(peers)(key(invocation))] ?? peers[0]
}
