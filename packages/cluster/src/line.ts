import { type Endpoint, type Invocation, type ProviderRecord, type Reply, type Status, sameRecord } from '@kumquat/core'
import { begun } from './begun.ts'
import { Gauges } from './gauges.ts'
import type { LoadMetric } from './load.ts'
import type { Peer } from './peer.ts'

/** The peer of a directory: an endpoint and its gauges, which outlive every change of the record. */
export class Line implements Peer, AsyncDisposable {
  readonly record: ProviderRecord
  readonly #endpoint: Endpoint
  readonly #gauges: Gauges

  constructor(record: ProviderRecord, endpoint: Endpoint, gauges: Gauges = new Gauges()) {
    this.record = record
    this.#endpoint = endpoint
    this.#gauges = gauges
  }

  get status(): Status {
    return this.#endpoint.status
  }

  load(metric: LoadMetric): number {
    return this.#gauges.value(metric)
  }

  readonly invoke = (invocation: Invocation): Promise<Reply> => {
    const ended = this.#gauges.begin(invocation)
    return begun(this.#endpoint, invocation).then(
      (reply) => {
        ended(reply)
        return reply
      },
      (error) => {
        ended(undefined, error)
        throw error
      },
    )
  }

  /** The same line under what its provider says now; this very object if that is nothing new. */
  under(record: ProviderRecord): Line {
    return sameRecord(record, this.record) ? this : new Line(record, this.#endpoint, this.#gauges)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endpoint[Symbol.asyncDispose]()
  }
}
