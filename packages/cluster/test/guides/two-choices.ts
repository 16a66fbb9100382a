import { type Balancer, pending } from '@kumquat/cluster'
import { type Rng, systemRng } from '@kumquat/core'

export interface TwoChoicesOptions {
  readonly rng?: Rng
}

/** Of two different peers drawn by chance, the less loaded. Mitzenmacher, "The Power of Two Choices", 2001. */
export function twoChoices({ rng = systemRng }: TwoChoicesOptions = {}): Balancer {
  return (peers) => {
    const first = Math.floor(rng() * peers.length)
    const steps = 1 + Math.floor(rng() * (peers.length - 1))
    const a = peers[first] ?? peers[0]
    const b = peers[(first + steps) % peers.length] ?? peers[0]
    return a.load(pending) <= b.load(pending) ? a : b
  }
}
