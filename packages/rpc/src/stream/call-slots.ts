/**
 * What waits for answers, by the id that it is given. Ids count up, so that a late answer to a call that was given up meets
 * nobody; an array is enough for that, and costs less than a map.
 */
export class CallSlots<Call extends object> {
  #slots: (Call | undefined)[] = new Array(FEWEST).fill(undefined)
  #ids = new Uint32Array(FEWEST)
  #last = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  /** The id of the call, from 1 to 2^32 - 1. */
  add(call: Call): number {
    if (this.#count * 2 >= this.#slots.length) this.#grow()
    const mask = this.#slots.length - 1
    do this.#last = this.#last === MOST ? 1 : this.#last + 1
    while (this.#slots[this.#last & mask] !== undefined)
    this.#slots[this.#last & mask] = call
    this.#ids[this.#last & mask] = this.#last
    this.#count++
    return this.#last
  }

  get(id: number): Call | undefined {
    const at = id & (this.#slots.length - 1)
    return this.#ids[at] === id ? this.#slots[at] : undefined
  }

  take(id: number): Call | undefined {
    const call = this.get(id)
    if (call === undefined) return undefined
    this.#slots[id & (this.#slots.length - 1)] = undefined
    this.#count--
    return call
  }

  /** Everything that is left. */
  takeAll(): readonly Call[] {
    const left = this.#slots.filter((call) => call !== undefined)
    this.#slots.fill(undefined)
    this.#count = 0
    return left
  }

  #grow(): void {
    const slots = this.#slots
    const ids = this.#ids
    // Ids that differ in the lower bits go on to do so.
    this.#slots = new Array(slots.length * 2).fill(undefined)
    this.#ids = new Uint32Array(slots.length * 2)
    const mask = this.#slots.length - 1
    for (const [at, call] of slots.entries()) {
      if (call === undefined) continue
      this.#slots[ids[at]! & mask] = call
      this.#ids[ids[at]! & mask] = ids[at]!
    }
  }
}

/** A power of two. */
const FEWEST = 64
const MOST = 2 ** 32 - 1
