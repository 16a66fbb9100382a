import type { Connect } from '@kumquat/core'

/** A connect whose endpoints count as busy, so that others are preferred, for as long as `isLastResort` says so. */
export function passingOver(connect: Connect, isLastResort: (id: string) => boolean): Connect {
  return (record) => {
    const endpoint = connect(record)
    return {
      invoke: endpoint.invoke,
      get status() {
        const { status } = endpoint
        return status === 'open' && isLastResort(record.id) ? 'busy' : status
      },
      [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose](),
    }
  }
}
