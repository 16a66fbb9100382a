import type { Rng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import { random } from '../balancers/random.ts'
import type { Peer, SomePeers } from '../peer.ts'
import type { Key } from './keys.ts'

/** Sends a call where `place` puts its key: the one that it brings, else what `key` finds. A call without a key goes anywhere, in proportion to weight. */
export function keyed(key: Key, rng: Rng, place: (peers: SomePeers, key: string) => Peer): Balancer {
  const anywhere = random({ rng })
  return (peers, invocation) => {
    const known = invocation.key ?? key(invocation)
    return known === undefined ? anywhere(peers, invocation) : place(peers, known)
  }
}
