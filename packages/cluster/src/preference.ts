import type { Invocation, Status } from '@kumquat/core'
import type { Balancer } from './balancer.ts'
import { isSome, type Peer, type SomePeers, sameMembers } from './peer.ts'
import { perSet } from './sets/per-set.ts'

/** A balancer that knows of health and of past attempts. */
export type Preference = (peers: SomePeers, invocation: Invocation, tried?: ReadonlySet<string>) => Peer

/**
 * Passes over peers already tried, then those of a worse status, as long as others are left. The balancer is asked about
 * the whole set first, and if its answer will not do, about those who were best the last time: only when that will not do
 * either is it time to look at every peer. Mostly the same few are out for long, so that this is seldom.
 */
export function preference(balance: Balancer): Preference {
  const partsOf = perSet((peers: SomePeers) => new Parts(peers))
  return (peers, invocation, tried = NONE) => {
    const first = balance(peers, invocation)
    if (rank(first, tried) === BEST) return first
    const parts = partsOf(peers)
    const { latest } = parts
    if (latest !== undefined) {
      const second = balance(latest, invocation)
      if (rank(second, tried) === BEST) return second
    }
    const best = parts.best(tried)
    return best === peers ? first : balance(best, invocation)
  }
}

/** The parts of a set that were the best of it at some time: the very same array for the same part, so that caches hold. */
class Parts {
  readonly #peers: SomePeers
  /** The latest first. */
  #recent: readonly SomePeers[] = []
  #usesLeft = 0

  constructor(peers: SomePeers) {
    this.#peers = peers
  }

  /** The best at the last look, if that was at open peers and not too long ago: who is back since then is missing. */
  get latest(): SomePeers | undefined {
    return this.#usesLeft-- > 0 ? this.#recent[0] : undefined
  }

  /** Looks at every peer. */
  best(tried: ReadonlySet<string>): SomePeers {
    const [part, reached] = bestOf(this.#peers, tried)
    if (part.length === this.#peers.length) return this.#peers
    const known = this.#recent.find((one) => sameMembers(one, part)) ?? part
    this.#recent = [known, ...this.#recent.filter((one) => one !== known).slice(0, MAX_PARTS - 1)]
    // One look at n peers for n uses.
    this.#usesLeft = reached === BEST ? this.#peers.length : 0
    return known
  }
}

/** Enough for the few peers that are down at once, and for their pairs in a failover. */
const MAX_PARTS = 16
const NONE: ReadonlySet<string> = new Set()
const BY_STATUS: Readonly<Record<Status, number>> = { open: 2, busy: 1, closed: 0 }
const UNTRIED = 3
const BEST = UNTRIED + BY_STATUS.open

/** Mostly nobody has been tried: then the record, and with it another line of memory, is not touched. */
const rank = (peer: Peer, tried: ReadonlySet<string>): number =>
  BY_STATUS[peer.status] + (tried.size > 0 && tried.has(peer.record.id) ? 0 : UNTRIED)

/** The peers of the best rank, and that rank. */
function bestOf(peers: SomePeers, tried: ReadonlySet<string>): readonly [SomePeers, number] {
  let best = -1
  let part: Peer[] = []
  for (const peer of peers) {
    const own = rank(peer, tried)
    if (own < best) continue
    if (own > best) part = []
    best = own
    part.push(peer)
  }
  return [isSome(part) ? part : peers, best]
}
