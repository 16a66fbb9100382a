import type { Connect, Endpoint, Filter, Invocation, ProviderRecord, Reply } from '@kumquat/core'

/** A connect whose endpoints run filters around every attempt; `around` makes those for one peer. */
export function filteredConnect(
  connect: Connect,
  around: (record: ProviderRecord) => Filter<Invocation, Reply>,
): Connect {
  return (record) => {
    const endpoint = connect(record)
    const invoke = around(record)(endpoint.invoke)
    return invoke === endpoint.invoke ? endpoint : filtered(endpoint, invoke)
  }
}

const filtered = (endpoint: Endpoint, invoke: Endpoint['invoke']): Endpoint => ({
  invoke,
  get status() {
    return endpoint.status
  },
  [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose](),
})
