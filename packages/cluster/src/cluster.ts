import type { Invoker, Live } from '@kumquat/core'
import { addressed } from './addressed.ts'
import type { Balancer } from './balancer.ts'
import { noPeer } from './no-peer.ts'
import { isSome, type Peers } from './peer.ts'
import { preference } from './preference.ts'
import type { Router } from './router.ts'
import { perSet } from './sets/per-set.ts'
import type { Strategy } from './strategy.ts'

export interface ClusterOptions {
  readonly peers: Live<Peers>
  /** Whom to consider. `chain()` = everybody. */
  readonly route: Router
  /** Whom to choose of them. */
  readonly balance: Balancer
  /** How often, and what becomes of failures. */
  readonly strategy: Strategy
}

/**
 * Makes many peers look like one invoker. What holds for every balancer stands here: peers of weight 0 get no call while
 * another candidate has weight, peers that are not open none while a better one is left. A call that names its peer goes to
 * that one.
 */
export function cluster({ peers, route, balance, strategy }: ClusterOptions): Invoker {
  const inRotation = perSet(withWeight)
  const prefer = preference(balance)
  const choose = strategy({
    candidates: (invocation) => inRotation(route(peers.current, invocation)),
    pick(from, invocation, tried) {
      if (isSome(from)) return prefer(from, invocation, tried)
      throw noPeer(peers.current, route, invocation)
    },
  })
  const direct = addressed({ peers, route })
  return (invocation) => (invocation.peer === undefined ? choose(invocation) : direct(invocation))
}

/** Those with weight; all, if nobody has any. */
function withWeight(peers: Peers): Peers {
  const weighted = peers.filter(({ record }) => record.weight > 0)
  return isSome(weighted) && weighted.length < peers.length ? weighted : peers
}
