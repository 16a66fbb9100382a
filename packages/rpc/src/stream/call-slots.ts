import { IdTable } from './id-table.ts'

/** What waits for answers, by the id that it is given. Ids count up, so that a late answer to a call that was given up meets nobody. */
export class CallSlots<Call extends object> {
  readonly #calls = new IdTable<Call>()
  readonly #first: number
  readonly #most: number
  #last: number

  /** Ids are from `first`, which is at least 1, to `most`, then from `first` again. Default 1 to 2^31 - 1. */
  constructor({ first = 1, most = 2 ** 31 - 1 }: { readonly first?: number; readonly most?: number } = {}) {
    this.#first = first
    this.#most = most
    this.#last = first - 1
  }

  get count(): number {
    return this.#calls.size
  }

  /** The id of the call. */
  add(call: Call): number {
    do this.#last = this.#last === this.#most ? this.#first : this.#last + 1
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
