import type { Invocation, Status } from '@kumquat/core'
import type { Balancer } from './balancer.ts'
import { isSome, type Peer, type SomePeers, sameMembers } from './peer.ts'

/** A balancer that knows of health and of past attempts. */
export type Preference = (peers: SomePeers, invocation: Invocation, tried?: ReadonlySet<string>) => Peer

/**
 * Passes over peers already tried, then those of a worse status, as long as others are left. The balancer is asked about
 * the whole set first: only an answer we do not like costs a look at every peer.
 */
export function preference(balance: Balancer): Preference {
  const recent = new WeakMap<SomePeers, SomePeers[]>()
  /** The very same array for the same part of a set, so that what balancers cache by it holds. */
  const recall = (peers: SomePeers, part: SomePeers): SomePeers => {
    const parts = recent.get(peers) ?? []
    const known = parts.find((one) => sameMembers(one, part))
    if (known !== undefined) return known
    recent.set(peers, [part, ...parts.slice(0, MAX_PARTS - 1)])
    return part
  }
  return (peers, invocation, tried = NONE) => {
    const first = balance(peers, invocation)
    if (rank(first, tried) === BEST) return first
    const part = bestOf(peers, tried)
    return part.length === peers.length ? first : balance(recall(peers, part), invocation)
  }
}

/** Enough for the few peers that are down at once, and for their pairs in a failover. */
const MAX_PARTS = 16
const NONE: ReadonlySet<string> = new Set()
const BY_STATUS: Readonly<Record<Status, number>> = { open: 2, busy: 1, closed: 0 }
const UNTRIED = 3
const BEST = UNTRIED + BY_STATUS.open

const rank = ({ record, status }: Peer, tried: ReadonlySet<string>): number =>
  BY_STATUS[status] + (tried.has(record.id) ? 0 : UNTRIED)

function bestOf(peers: SomePeers, tried: ReadonlySet<string>): SomePeers {
  const ranks = peers.map((peer) => rank(peer, tried))
  const best = ranks.reduce((a, b) => Math.max(a, b))
  const left = peers.filter((_, index) => ranks[index] === best)
  return isSome(left) ? left : peers
}
