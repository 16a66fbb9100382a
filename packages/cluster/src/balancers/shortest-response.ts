import { type Rng, systemRng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import type { LoadMetric } from '../load.ts'
import { meanResponse } from '../loads/mean-response.ts'
import { leastOf } from '../sampling/least-of.ts'

export interface ShortestResponseOptions {
  /** Default `meanResponse()`. */
  readonly load?: LoadMetric
  /** How many peers to draw for a pick, 2 to 16. Default 4. */
  readonly choices?: number
  readonly rng?: Rng
}

/**
 * The peer expected to answer first for its weight, of some drawn in proportion to weight. Dubbo's, which it follows
 * (`ShortestResponseLoadBalance.java`), looks at all; but response times change with every call and with time, which no
 * table can follow, and clients that all know the one best peer would all run to it.
 */
export function shortestResponse({
  load = meanResponse(),
  choices = 4,
  rng = systemRng,
}: ShortestResponseOptions = {}): Balancer {
  if (!Number.isInteger(choices) || choices < 2 || choices > 16) {
    throw new RangeError(`choices must be an integer from 2 to 16, got ${choices}`)
  }
  return leastOf({ choices, load, rng })
}
