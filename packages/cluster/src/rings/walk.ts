import type { Peer, SomePeers } from '../peer.ts'
import type { HashRing } from '../tables/hash-ring.ts'

/**
 * Which peer has the keys of a point of a ring: its own, or that of a later point. `shares` are those of the points.
 */
export type Walk = (peers: SomePeers, ring: HashRing, shares: Float64Array, point: number) => Peer
