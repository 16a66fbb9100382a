import type { StreamKind } from '@kumquat/core'
import { Arrival, type Arrived } from '../http/arrival.ts'
import type { ServedStream } from '../transport.ts'

/** A stream that has arrived, with what streams in. */
export class StreamArrival extends Arrival implements ServedStream {
  declare readonly stream: StreamKind
  declare readonly input?: AsyncIterable<unknown>

  constructor(call: Arrived & { readonly stream: StreamKind }, input: AsyncIterable<unknown> | undefined) {
    super(call)
    if (input !== undefined) this.input = input
  }
}
