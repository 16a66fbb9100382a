import { IdTable } from './id-table.ts'

/** What waits for answers, by the id that it is given. Ids count up, so that a late answer to a call that was given up meets nobody. */
export class CallSlots<Call extends object> {
  readonly #calls = new IdTable<Call>()
  #last = 0

  get count(): number {
    return this.#calls.size
  }

  /** The id of the call, from 1 to 2^32 - 1. */
  add(call: Call): number {
    do this.#last = this.#last === MOST ? 1 : this.#last + 1
    while (!this.#calls.hasPlaceFor(this.#last))
    this.#calls.add(this.#last, call)
    return this.#last
  }

  get(id: number): Call | undefined {
    return this.#calls.get(id)
  }

  take(id: number): Call | undefined {
    return this.#calls.take(id)
  }

  /** Everything that is left. */
  takeAll(): readonly Call[] {
    return this.#calls.takeAll()
  }
}

const MOST = 2 ** 32 - 1
