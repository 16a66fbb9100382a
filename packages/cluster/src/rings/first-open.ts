import type { Walk } from './walk.ts'

/**
 * The peer of a point, or of the first after it whose peer is open: the keys of who is down go where they would go
 * without it, and no ring need be laid out anew, which takes long for a thousand peers. If many are down, the cluster
 * asks again with those that are left. gRFC A42 walks on in the same way.
 */
export const firstOpen: Walk = (peers, { owners }, _, from) => {
  for (let i = from; i < from + MAX_STEPS; i++) {
    const peer = peers[owners[i % owners.length]!]!
    if (peer.status === 'open') return peer
  }
  return peers[owners[from]!]!
}

const MAX_STEPS = 64
