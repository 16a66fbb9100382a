import { type Rng, systemRng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import type { SomePeers } from '../peer.ts'
import { perSet } from '../sets/per-set.ts'
import { deadlineHeap } from '../tables/deadline-heap.ts'
import { smoothSequence } from '../tables/smooth-sequence.ts'
import { weightsOf } from '../tables/weights.ts'

export interface WeightedRoundRobinOptions {
  readonly rng?: Rng
}

/**
 * Each peer in turn, as often as its weight says, evenly spread: in every full cycle exactly its share. Starts anywhere
 * in the cycle of every set, so that none is favoured when sets change often. A short cycle is laid out beforehand in
 * nginx's order (O(1) a pick); a long one is made as it goes, earliest deadline first (O(log n) a pick).
 */
export function weightedRoundRobin({ rng = systemRng }: WeightedRoundRobinOptions = {}): Balancer {
  const turns = perSet((peers: SomePeers) => {
    const weights = weightsOf(peers)
    return smoothSequence(weights, rng) ?? deadlineHeap(weights, rng)
  })
  return (peers) => peers[turns(peers)()] ?? peers[0]
}
