import { type Rng, systemRng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import { pending } from '../loads/pending.ts'
import { perSet } from '../per-set.ts'
import { weightsOf } from '../tables/weights.ts'

export interface LeastLoadedOptions {
  readonly rng?: Rng
}

/** The peer with the least load for its weight; of equals one by chance, in proportion to weight. Looks at every peer. */
export function leastLoaded({ rng = systemRng }: LeastLoadedOptions = {}): Balancer {
  const weights = perSet(weightsOf)
  return (peers) => {
    const weight = weights(peers)
    let least = Number.POSITIVE_INFINITY
    let chosen = peers[0]
    let weightOfEquals = 0
    for (let i = 0; i < peers.length; i++) {
      const own = weight[i]!
      if (own === 0) continue
      const peer = peers[i]!
      const load = peer.load(pending) / own
      if (load > least) continue
      // Reservoir sampling: among the equals so far, each was chosen in proportion to its weight.
      weightOfEquals = load === least ? weightOfEquals + own : own
      if (load < least || rng() * weightOfEquals < own) chosen = peer
      least = load
    }
    return chosen
  }
}
