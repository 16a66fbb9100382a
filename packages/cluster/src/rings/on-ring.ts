import type { Rng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import { keyed } from '../keys/keyed.ts'
import type { Key } from '../keys/keys.ts'
import type { SomePeers } from '../peer.ts'
import { perSet } from '../sets/per-set.ts'
import { hashRing, type RingMember } from '../tables/hash-ring.ts'
import { boundedLoad } from './bounded-load.ts'
import { firstOpen } from './first-open.ts'
import type { Walk } from './walk.ts'

export interface OnRingOptions {
  readonly key: Key
  readonly bound: number | boolean
  readonly rng: Rng
  /** Where a key stands: 32 bits, unsigned. */
  readonly position: (key: string) => number
  readonly members: (peers: SomePeers) => readonly RingMember[]
}

/** What consistent hashing is, wherever the points may stand: a key belongs to the peer whose point comes next. */
export function onRing({ key, bound, rng, position, members }: OnRingOptions): Balancer {
  const walk = walkOf(bound)
  const rings = perSet((peers: SomePeers) => {
    const placed = members(peers)
    const ring = hashRing(placed)
    const shares = Float64Array.from(placed, ({ positions }) => positions.length / ring.owners.length)
    return { ring, shares }
  })
  return keyed(key, rng, (peers, text) => {
    const { ring, shares } = rings(peers)
    return walk(peers, ring, shares, ring.at(position(text)))
  })
}

/** What Vimeo took, the first to use it; HAProxy's manual calls 1.25 to 2 reasonable. */
const USUAL_BOUND = 1.25

function walkOf(bound: number | boolean): Walk {
  if (bound === false) return firstOpen
  const factor = bound === true ? USUAL_BOUND : bound
  if (factor >= 1 && factor < Number.POSITIVE_INFINITY) return boundedLoad(factor)
  throw new RangeError(`bound must be true for ${USUAL_BOUND}, false for none, or a number from 1, got ${bound}`)
}
