import type { Connect, Endpoint, Filter, Invocation, ProviderRecord, Reply } from '@kumquat/core'
import { bothKinds } from '../streams/both-kinds.ts'
import { noStreams } from '../streams/endings.ts'

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
    const { invoke, stream = noStreams(record.id) } = endpoint
    return filtered(endpoint, around(record)(bothKinds({ invoke, stream })))
  }
}

const filtered = (endpoint: Endpoint, invoke: Endpoint['invoke']): Endpoint => ({
  invoke,
  get status() {
    return endpoint.status
  },
  [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose](),
})
