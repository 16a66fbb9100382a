import type { Invocation } from '@kumquat/core'
import type { Peer, SomePeers } from './peer.ts'

/**
 * Chooses one of the peers that may serve an invocation. Fast and synchronous; never sees an empty set.
 *
 * Health and past attempts are none of its business: the cluster asks again, with fewer peers, if it does not like the
 * answer. What a balancer wants to remember of a set it keeps in a `WeakMap` under the identity of the array.
 */
export type Balancer = (peers: SomePeers, invocation: Invocation) => Peer
