import type { Connect, Endpoint, Status } from '@kumquat/core'

/** A connect whose endpoints count as busy, so that others are preferred, for as long as `isLastResort` says so. */
export function passingOver(connect: Connect, isLastResort: (id: string) => boolean): Connect {
  return (record) => new LastResort(connect(record), () => isLastResort(record.id))
}

/** A class, since V8 keeps literals with accessors and symbols in slow tables, and every pick reads this one. */
class LastResort implements Endpoint {
  readonly invoke: Endpoint['invoke']
  readonly #endpoint: Endpoint
  readonly #isLast: () => boolean

  constructor(endpoint: Endpoint, isLast: () => boolean) {
    this.invoke = endpoint.invoke
    this.#endpoint = endpoint
    this.#isLast = isLast
  }

  get status(): Status {
    const { status } = this.#endpoint
    return status === 'open' && this.#isLast() ? 'busy' : status
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#endpoint[Symbol.asyncDispose]()
  }
}
