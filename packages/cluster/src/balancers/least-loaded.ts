import { type Rng, systemRng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import { PendingLog } from '../loads/pending-log.ts'
import type { SomePeers } from '../peer.ts'
import { perSet } from '../sets/per-set.ts'
import { LoadHeap } from '../tables/load-heap.ts'

export interface LeastLoadedOptions {
  readonly rng?: Rng
}

/**
 * The peer with the fewest calls in flight for its weight; of equals each in turn, by weight. Finds the least of all in
 * O(log n), by a heap that follows the calls as they begin and end. Counts the calls from its first pick on. nginx,
 * `ngx_http_upstream_least_conn_module.c`.
 */
export function leastLoaded({ rng = systemRng }: LeastLoadedOptions = {}): Balancer {
  const log = new PendingLog()
  const heaps = perSet((peers: SomePeers) => new LoadHeap(peers, log, rng))
  return (peers) => heaps(peers).pick()
}
