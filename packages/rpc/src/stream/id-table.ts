/**
 * Values by id, for ids that mostly count up and leave soon: an array, and a map for the few whose place is taken. A map alone
 * would keep alive what has left it, as long as the garbage collector takes its former tables for living: with thousands of
 * calls a second nearly all of them.
 */
export class IdTable<Value extends object> {
  #slots: (Value | undefined)[] = new Array(FEWEST).fill(undefined)
  #ids = new Uint32Array(FEWEST)
  readonly #displaced = new Map<number, Value>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Whether no other stands where this one would. */
  hasPlaceFor(id: number): boolean {
    return this.#slots[id & (this.#slots.length - 1)] === undefined
  }

  get(id: number): Value | undefined {
    const at = id & (this.#slots.length - 1)
    if (this.#ids[at] === id && this.#slots[at] !== undefined) return this.#slots[at]
    return this.#displaced.size === 0 ? undefined : this.#displaced.get(id)
  }

  /** The id is from 0 to 2^32 - 1, and none that is in it. */
  add(id: number, value: Value): void {
    if (this.#size * 2 >= this.#slots.length) this.#grow()
    const at = id & (this.#slots.length - 1)
    this.#size++
    if (this.#slots[at] === undefined) {
      this.#slots[at] = value
      this.#ids[at] = id
    } else this.#displaced.set(id, value)
  }

  /** Takes it out, if it is there. */
  take(id: number): Value | undefined {
    const value = this.get(id)
    if (value === undefined) return undefined
    const at = id & (this.#slots.length - 1)
    if (this.#slots[at] === value) this.#slots[at] = undefined
    else this.#displaced.delete(id)
    this.#size--
    return value
  }

  /** Takes out everything. */
  takeAll(): readonly Value[] {
    const all = [...this.#slots.filter((value) => value !== undefined), ...this.#displaced.values()]
    this.#slots.fill(undefined)
    this.#displaced.clear()
    this.#size = 0
    return all
  }

  #grow(): void {
    const slots = this.#slots
    const ids = this.#ids
    // Ids that differ in the lower bits go on to do so.
    this.#slots = new Array(slots.length * 2).fill(undefined)
    this.#ids = new Uint32Array(slots.length * 2)
    const mask = this.#slots.length - 1
    for (const [at, value] of slots.entries()) {
      if (value === undefined) continue
      this.#slots[ids[at]! & mask] = value
      this.#ids[ids[at]! & mask] = ids[at]!
    }
  }
}

/** A power of two. */
const FEWEST = 64
