import type { Invocation } from '@kumquat/core'
import type { Peer, SomePeers } from './peer.ts'

/**
 * Chooses one of the peers that may serve an invocation. Fast and synchronous; never sees an empty set.
 *
 * It may leave health and past attempts alone: the cluster asks again, with fewer peers, if it does not like the answer.
 * Only who has a better way than to begin anew with fewer peers looks at `status`, as rings do. What a balancer wants to remember of a set it keeps in a `WeakMap` under the identity of the array.
 */
export type Balancer = (peers: SomePeers, invocation: Invocation) => Peer
