import { isSome, type Peers } from '../peer.ts'
import { perSet } from '../sets/per-set.ts'
import type { Strategy } from '../strategy.ts'
import { failfast } from './failfast.ts'

export interface ZoneAwareOptions {
  /** Our own zone. Default '', which is unknown. */
  readonly zone?: string
  /** Zones that come before our own, the first first. Default none. */
  readonly preferred?: readonly string[]
  /** How to try, each time at the first zone that has an open peer left. Default `failfast()`. */
  readonly strategy?: Strategy
}

/**
 * Prefers the preferred zones, then our own, then goes by weight over all. Made for sets whose peers are zones, see
 * `byZone`; the peers of a plain set are grouped by their zone. With `failover()` a failed zone is followed by the next.
 *
 * Dubbo, dubbo-cluster/…/support/registry/ZoneAwareClusterInvoker.java.
 */
export function zoneAware({ zone = '', preferred = [], strategy = failfast() }: ZoneAwareOptions = {}): Strategy {
  const order = [...new Set([...preferred, zone])].filter((name) => name !== '')
  const groups = perSet((peers: Peers) =>
    order.map((name) => peers.filter(({ record }) => record.zone === name)).filter(isSome),
  )
  return (targets) =>
    strategy({
      candidates: (invocation) => targets.candidates(invocation),
      pick(peers, invocation, tried = NONE) {
        const isOpen = ({ record, status }: Peers[number]): boolean => status === 'open' && !tried.has(record.id)
        const group = groups(peers).find((one) => one.some(isOpen))
        return targets.pick(group ?? peers, invocation, tried)
      },
    })
}

const NONE: ReadonlySet<string> = new Set()
