import type { Invocation, RpcError } from '@kumquat/core'
import type { Peer, Peers } from './peer.ts'
import { keep as keeping } from './sets/keep.ts'
import { perLabel } from './sets/per-label.ts'

/**
 * Narrows the peers that may serve an invocation. Pure, and stable: equal questions about one set of peers get the very
 * same array, so that whoever comes after may cache by it. Who divides calls by chance, or minds how peers are doing,
 * answers with one of few arrays, which stay the same likewise. A plain function will do; the other facts are for people.
 */
export interface Router {
  (peers: Peers, invocation: Invocation): Peers
  /** What it asks of a peer for this call, to follow a number of peers: `in lane gray`, `of version "V2"`. */
  readonly asks?: (invocation: Invocation) => string
  /** Why this peer is none of those it leaves: `its version is "V1"`. Asked only about a peer that it dropped. */
  readonly why?: (peer: Peer, invocation: Invocation) => string
  /** The error of a call for which it left none of these; default `unavailable`. For what no further provider would cure. */
  readonly refusal?: (peers: Peers, invocation: Invocation) => RpcError
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
  /** See `Router.why`. */
  readonly why?: (peer: Peer, label: Label) => string
}

/** A router that decides by a label alone, and remembers its answers for each set of peers. */
export function byLabel<Label>({ label, keep, asks, why }: ByLabelOptions<Label>): Router {
  const route: Router = perLabel(label, (peers, invocation) => {
    const wanted = label(invocation)
    return keeping(peers, (peer) => keep(peer, wanted))
  })
  return Object.assign(route, {
    asks: (invocation: Invocation) => asks(label(invocation)),
    ...(why !== undefined && { why: (peer: Peer, invocation: Invocation) => why(peer, label(invocation)) }),
  })
}
