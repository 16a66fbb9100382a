import { type Rng, systemRng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import type { SomePeers } from '../peer.ts'
import { perSet } from '../sets/per-set.ts'

export interface RoundRobinOptions {
  readonly rng?: Rng
}

/** Each peer in turn, whatever its weight. Starts anywhere in every set, so that none is favoured when sets change often. */
export function roundRobin({ rng = systemRng }: RoundRobinOptions = {}): Balancer {
  const turns = perSet((peers: SomePeers) => {
    let turn = Math.floor(rng() * peers.length)
    return () => {
      const peer = peers[turn] ?? peers[0]
      turn = (turn + 1) % peers.length
      return peer
    }
  })
  return (peers) => turns(peers)()
}
