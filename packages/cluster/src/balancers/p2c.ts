import { type Rng, systemRng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import type { LoadMetric } from '../load.ts'
import { peakEwma } from '../loads/peak-ewma.ts'
import { leastOf } from '../sampling/least-of.ts'

export interface P2cOptions {
  /** Default `peakEwma()`. `pending` makes it the lighter kind that counts calls in flight alone. */
  readonly load?: LoadMetric
  readonly rng?: Rng
}

/** The less loaded for its weight of two different peers, drawn in proportion to weight. Finagle, `P2C.scala`. */
export function p2c({ load = peakEwma(), rng = systemRng }: P2cOptions = {}): Balancer {
  return leastOf({ choices: 2, load, rng })
}
