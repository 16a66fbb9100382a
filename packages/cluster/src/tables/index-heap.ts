/**
 * A binary heap of the indexes 0 to size − 1 that knows where each stands, so that any may change its rank in O(log n).
 * `before` must be a strict order.
 */
export class IndexHeap {
  readonly #before: (a: number, b: number) => boolean
  readonly #order: Uint32Array
  readonly #places: Uint32Array

  constructor(size: number, before: (a: number, b: number) => boolean) {
    this.#before = before
    this.#order = new Uint32Array(size)
    for (let index = 0; index < size; index++) this.#order[index] = index
    this.#places = this.#order.slice()
    this.moveAll()
  }

  /** The index that comes first. */
  get first(): number {
    return this.#order[0]!
  }

  /** The rank of one index has changed. */
  move(index: number): void {
    const place = this.#places[index]!
    if (this.#rise(place, index) === place) this.#sink(place, index)
  }

  /** Many ranks may have changed. O(n). */
  moveAll(): void {
    for (let place = (this.#order.length >> 1) - 1; place >= 0; place--) this.#sink(place, this.#order[place]!)
  }

  #rise(from: number, index: number): number {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = this.#order[parent]!
      if (!this.#before(index, above)) break
      this.#put(place, above)
      place = parent
    }
    this.#put(place, index)
    return place
  }

  #sink(from: number, index: number): void {
    const order = this.#order
    let place = from
    for (let child = 2 * place + 1; child < order.length; child = 2 * place + 1) {
      if (child + 1 < order.length && this.#before(order[child + 1]!, order[child]!)) child++
      const below = order[child]!
      if (!this.#before(below, index)) break
      this.#put(place, below)
      place = child
    }
    this.#put(place, index)
  }

  #put(place: number, index: number): void {
    this.#order[place] = index
    this.#places[index] = place
  }
}
