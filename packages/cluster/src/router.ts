import type { Invocation } from '@kumquat/core'
import type { Peer, Peers } from './peer.ts'
import { perSet } from './per-set.ts'

/**
 * Narrows the peers that may serve an invocation. Pure, and stable: equal questions about one set of peers get the very
 * same array, so that whoever comes after may cache by it. A plain function will do; the two facts are for people.
 */
export interface Router {
  (peers: Peers, invocation: Invocation): Peers
  /** What it asks of a peer for this call, to follow a number of peers: `in lane gray`, `of version "V2"`. */
  readonly asks?: (invocation: Invocation) => string
  /** The routers it runs, in order. Chains only. */
  readonly steps?: readonly Router[]
}

/** Runs routers left to right. `chain()` keeps everybody. */
export function chain(...routers: readonly Router[]): Router {
  const steps = routers.flatMap((router) => router.steps ?? [router])
  const route: Router = (peers, invocation) => {
    let left = peers
    for (const step of steps) left = step(left, invocation)
    return left
  }
  return Object.assign(route, { steps })
}

export interface ByLabelOptions<Label> {
  /** The one fact of a call that the answer depends on. Few values are expected. */
  readonly label: (invocation: Invocation) => Label
  readonly keep: (peer: Peer, label: Label) => boolean
  /** See `Router.asks`. */
  readonly asks: (label: Label) => string
}

/** A router that decides by a label alone, and remembers its answers for each set of peers. */
export function byLabel<Label>({ label, keep, asks }: ByLabelOptions<Label>): Router {
  const answers = perSet<Peers, Map<Label, Peers>>(() => new Map())
  const route: Router = (peers, invocation) => {
    const wanted = label(invocation)
    const known = answers(peers)
    const remembered = known.get(wanted)
    if (remembered !== undefined) return remembered
    const kept = peers.filter((peer) => keep(peer, wanted))
    const answer = kept.length === peers.length ? peers : kept
    if (known.size === MAX_LABELS) known.clear()
    known.set(wanted, answer)
    return answer
  }
  return Object.assign(route, { asks: (invocation: Invocation) => asks(label(invocation)) })
}

/** A label may come from outside, a new one with every call. */
const MAX_LABELS = 64
