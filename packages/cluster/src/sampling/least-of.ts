import type { Rng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import type { LoadMetric } from '../load.ts'
import { pending } from '../loads/pending.ts'
import type { Peer, SomePeers } from '../peer.ts'
import { perSet } from '../sets/per-set.ts'
import { draws } from '../tables/draws.ts'
import { weightsOf } from '../tables/weights.ts'

export interface LeastOfOptions {
  /** How many peers to draw for a pick, 2 or more. */
  readonly choices: number
  readonly load: LoadMetric
  readonly rng: Rng
}

/**
 * Of some peers drawn in proportion to weight, each another than the best so far, the less loaded for its weight; of
 * equals the first drawn. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001.
 */
export function leastOf({ choices, load, rng }: LeastOfOptions): Balancer {
  const drawsOf = perSet((peers: SomePeers) => draws(weightsOf(peers)))
  const isFreer = load === pending ? hasFewer : costsLess(load)
  return (peers) => {
    if (peers.length === 1) return peers[0]
    const { one, other, shares } = drawsOf(peers)
    let best = one(rng())
    for (let drawn = 1; drawn < choices; drawn++) {
      const next = other(best, rng)
      const a = peers[next]
      const b = peers[best]
      if (a !== undefined && b !== undefined && isFreer(a, shares[next]!, b, shares[best]!)) best = next
    }
    return peers[best] ?? peers[0]
  }
}

/** Whether peer `a` is less loaded for its share than peer `b`. */
type Comparison = (a: Peer, shareOfA: number, b: Peer, shareOfB: number) => boolean

const hasFewer: Comparison = (a, shareOfA, b, shareOfB) => fewer(a.load(pending), shareOfA, b.load(pending), shareOfB)

/** Whole calls are coarse: to have less for its share is to have less before this call, and not more with it. */
const fewer = (callsOfA: number, shareOfA: number, callsOfB: number, shareOfB: number): boolean =>
  callsOfA / shareOfA < callsOfB / shareOfB && (callsOfA + 1) / shareOfA <= (callsOfB + 1) / shareOfB

/**
 * Weight says how many calls a peer can carry, not how long one takes; and peers are drawn by weight. To divide the load
 * by weight would count it twice: of idle peers the heavy would get everything. So the cost of one call stands alone, and
 * only the calls in flight go by share. Costs that differ by no more than their double count as equal, and the calls in
 * flight decide: else of idle peers the one that was luckiest lately would get everything.
 */
function costsLess(load: LoadMetric): Comparison {
  return (a, shareOfA, b, shareOfB) => {
    const callsOfA = a.load(pending)
    const callsOfB = b.load(pending)
    const costOfA = a.load(load) / (callsOfA + 1)
    const costOfB = b.load(load) / (callsOfB + 1)
    if (costOfA <= ALIKE * costOfB && costOfB <= ALIKE * costOfA) return fewer(callsOfA, shareOfA, callsOfB, shareOfB)
    return costOfA * (1 + callsOfA / shareOfA) < costOfB * (1 + callsOfB / shareOfB)
  }
}

const ALIKE = 2
