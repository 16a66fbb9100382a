import type { Peer, Peers } from '../peer.ts'

/** Those that fit; the very same array if nobody has to go. */
export function keep(peers: Peers, fits: (peer: Peer) => boolean): Peers {
  const kept = peers.filter(fits)
  return kept.length === peers.length ? peers : kept
}
