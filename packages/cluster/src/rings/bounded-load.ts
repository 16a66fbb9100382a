import type { Load, LoadMetric } from '../load.ts'
import type { Walk } from './walk.ts'

/**
 * No peer has more calls in flight than `bound` times its share of all; who would have is passed over for the next on
 * the ring. Mirrokni, Thorup, Zadimoghaddam, "Consistent Hashing with Bounded Loads", 2018: expected O(1/ε²) steps with
 * bound = 1 + ε. Total and shares as in Envoy's bounded load hashing: all calls that balancers of this metric sent,
 * even where routers leave only some of the peers, for whom the bound is the looser. Who is down is not passed over
 * here: its share falls to the others, so the cluster asks again without it.
 */
export function boundedLoad(bound: number): Walk {
  let total = 0
  const inFlight: LoadMetric = (): Load => {
    let own = 0
    return {
      get value() {
        return own
      },
      begin() {
        own++
        total++
        return () => {
          own--
          total--
        }
      },
    }
  }
  return (peers, { owners }, shares, from) => {
    const fair = bound * (total + 1)
    for (let i = from; i < from + owners.length; i++) {
      const owner = owners[i < owners.length ? i : i - owners.length]!
      const peer = peers[owner]!
      if (peer.load(inFlight) < Math.ceil(fair * shares[owner]!)) return peer
    }
    return peers[owners[from]!]!
  }
}
