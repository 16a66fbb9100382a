import type { Invocation, Invoker } from '@kumquat/core'
import type { Peer, Peers } from './peer.ts'

/** What a strategy may ask for while it serves one invocation. */
export interface Targets {
  /** Peers that may serve it, after routing, as of now. May be empty. */
  candidates(invocation: Invocation): Peers
  /**
   * One of `peers` by the balancer: none of those whose id is in `tried` while another is left, then the best by status.
   * Throws `RpcError` `unavailable`, `not-run` if `peers` is empty.
   */
  pick(peers: Peers, invocation: Invocation, tried?: ReadonlySet<string>): Peer
}

/** Decides how many peers to try, and what becomes of their failures. */
export type Strategy = (targets: Targets) => Invoker
