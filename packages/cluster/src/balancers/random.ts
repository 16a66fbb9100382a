import { type Rng, systemRng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import type { SomePeers } from '../peer.ts'
import { perSet } from '../sets/per-set.ts'
import { aliasTable } from '../tables/alias-table.ts'
import { weightsOf } from '../tables/weights.ts'

export interface RandomOptions {
  readonly rng?: Rng
}

/** By chance, in proportion to weight. */
export function random({ rng = systemRng }: RandomOptions = {}): Balancer {
  const draws = perSet((peers: SomePeers) => {
    const weights = weightsOf(peers)
    if (weights.every((weight) => weight === weights[0])) return () => Math.floor(rng() * peers.length)
    const draw = aliasTable(weights)
    return () => draw(rng())
  })
  return (peers) => peers[draws(peers)()] ?? peers[0]
}
