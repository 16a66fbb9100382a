import type { Invoker, ProviderRecord, Status } from '@kumquat/core'
import type { LoadMetric } from '../load.ts'
import type { Peer } from '../peer.ts'

/** A peer under another weight. */
export class Reweighed implements Peer {
  readonly peer: Peer
  readonly record: ProviderRecord
  readonly invoke: Invoker

  constructor(peer: Peer, weight: number) {
    this.peer = peer
    this.record = { ...peer.record, weight }
    this.invoke = peer.invoke
  }

  get status(): Status {
    return this.peer.status
  }

  load(metric: LoadMetric): number {
    return this.peer.load(metric)
  }
}
