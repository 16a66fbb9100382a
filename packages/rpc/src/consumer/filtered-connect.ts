import type { Connect, Endpoint, Filter, Invocation, ProviderRecord, Reply, Status } from '@kumquat/core'
import { bothKinds } from '../streaming/both-kinds.ts'
import { noStreams } from '../streaming/endings.ts'

/**
 * A connect whose endpoints run filters around every attempt; `around` makes those for one peer. Their `invoke` carries
 * streams too, so that whatever is put around a line is around both.
 */
export function filteredConnect(
  connect: Connect,
  around: (record: ProviderRecord) => Filter<Invocation, Reply>,
): Connect {
  return (record) => {
    const endpoint = connect(record)
    const { stream = noStreams(record.id) } = endpoint
    const invoke: Endpoint['invoke'] = (invocation) => endpoint.invoke(invocation)
    return new FilteredEndpoint(endpoint, around(record)(bothKinds({ invoke, stream })))
  }
}

/** A class, since V8 keeps literals with accessors and symbols in slow tables, and every pick reads this one. */
class FilteredEndpoint implements Endpoint {
  readonly invoke: Endpoint['invoke']
  readonly #endpoint: Endpoint

  constructor(endpoint: Endpoint, invoke: Endpoint['invoke']) {
    this.invoke = invoke
    this.#endpoint = endpoint
  }

  get status(): Status {
    return this.#endpoint.status
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#endpoint[Symbol.asyncDispose]()
  }
}
