import type { Rng } from '@kumquat/core'
import type { Balancer } from './balancer.ts'
import type { LoadMetric } from './load.ts'
import { pending } from './loads/pending.ts'
import type { Peer } from './peer.ts'
import { perSet } from './per-set.ts'
import { draws } from './tables/draws.ts'
import { weightsOf } from './tables/weights.ts'

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
  const drawsOf = perSet((peers) => draws(weightsOf(peers)))
  const isFreer = freer(load)
  return (peers) => {
    if (peers.length === 1) return peers[0]
    const { one, other, shares } = drawsOf(peers)
    let best = one(rng())
    for (let i = 1; i < choices; i++) {
      const next = other(best, rng())
      const [a, b] = [peers[next], peers[best]]
      if (a === undefined || b === undefined) continue
      const wins = shares === undefined ? a.load(load) < b.load(load) : isFreer(a, shares[next]!, b, shares[best]!)
      if (wins) best = next
    }
    return peers[best] ?? peers[0]
  }
}

/**
 * Whether `a` is less loaded for its share than `b`. Dividing the whole load by weight would count the weight twice, for
 * peers are drawn by weight: among the idle the heavy would get everything. Weight says how many calls a peer can carry,
 * not how long one takes. So the time of one call stands alone, and the calls in flight go by share. Times that differ
 * by less than their double count as equal: whoever is called more often sees more peaks. And whole calls are coarse: `a`
 * must have less before this call, and not more with it.
 */
function freer(load: LoadMetric): (a: Peer, shareOfA: number, b: Peer, shareOfB: number) => boolean {
  const eachOf = (peer: Peer, calls: number): number => (load === pending ? 1 : peer.load(load) / (calls + 1))
  return (a, shareOfA, b, shareOfB) => {
    const callsOfA = a.load(pending)
    const callsOfB = b.load(pending)
    const eachOfA = eachOf(a, callsOfA)
    const eachOfB = eachOf(b, callsOfB)
    if (eachOfA > ALIKE * eachOfB || eachOfB > ALIKE * eachOfA) {
      return eachOfA * (1 + callsOfA / shareOfA) < eachOfB * (1 + callsOfB / shareOfB)
    }
    return callsOfA / shareOfA < callsOfB / shareOfB && (callsOfA + 1) / shareOfA <= (callsOfB + 1) / shareOfB
  }
}

const ALIKE = 2
