import { MAX_WEIGHT } from '@kumquat/core'
import type { Peers } from '../peer.ts'

/** The weights of peers, kept within 0 and 10 000. If all are 0 all are 1: nobody is left out when nobody is left. */
export function weightsOf(peers: Peers): readonly number[] {
  const weights = peers.map(({ record }) => (record.weight > 0 ? Math.min(record.weight, MAX_WEIGHT) : 0))
  return weights.some((weight) => weight > 0) ? weights : weights.map(() => 1)
}
