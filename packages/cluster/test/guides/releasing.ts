import {
  assignLane,
  type ConditionRule,
  chain,
  cluster,
  condition,
  failover,
  type GrayRule,
  gray,
  type Peers,
  p2c,
  tag,
} from '@kumquat/cluster'
import type { Invoker, Live } from '@kumquat/core'

/** A cluster in which a release is tried by a rule that may change at any time. */
export function releasing(peers: Live<Peers>, release: Live<GrayRule>, rules: readonly ConditionRule[]): Invoker {
  const route = chain(gray({ fallback: () => release.current.fallback ?? 'stable' }), tag(), condition(rules))
  return assignLane(release)(cluster({ peers, route, balance: p2c(), strategy: failover() }))
}
