import type { Rng } from '@kumquat/core'

/**
 * Turns by weight in virtual time (gRFC A58): the k-th turn of index i, of weight w, is due at (k + 1/2) / w, so a unit of
 * time holds exactly w of them; at one moment the lower index goes first. Begins anywhere in the first unit.
 */
export class Turns {
  readonly #weights: readonly number[]
  readonly #taken: Float64Array
  readonly #due: Float64Array
  #now = 0

  constructor(weights: readonly number[], rng: Rng) {
    const start = anyTurn(weights, rng)
    this.#weights = weights
    this.#taken = new Float64Array(weights.length)
    this.#due = new Float64Array(weights.length)
    for (let index = 0; index < weights.length; index++) {
      const weight = weights[index]!
      this.#taken[index] = turnsBefore(start, index, weight)
      this.#due[index] = dueAt(this.#taken[index]!, weight)
    }
  }

  /** Whether the next turn of `a` comes before that of `b`. */
  before(a: number, b: number): boolean {
    const dueOfA = this.#due[a]!
    const dueOfB = this.#due[b]!
    return dueOfA < dueOfB || (dueOfA === dueOfB && a < b)
  }

  /** Its next turn is over. Turns that it let pass, while others went out of order, are lost: nobody catches up at once. */
  take(index: number): void {
    const weight = this.#weights[index]!
    this.#now = Math.max(this.#now, this.#due[index]!)
    const next = Math.max(this.#taken[index]! + 1, Math.floor(this.#now * weight + 0.5))
    this.#taken[index] = next
    this.#due[index] = dueAt(next, weight)
  }
}

interface Turn {
  readonly at: number
  readonly index: number
}

const dueAt = (turn: number, weight: number): number => (turn + 0.5) / weight

/** A turn drawn uniformly from all of one unit of time: to begin there favours neither the light nor the heavy. */
function anyTurn(weights: readonly number[], rng: Rng): Turn {
  let draw = rng() * weights.reduce((sum, weight) => sum + weight)
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index]!
    if (draw < weight) return { at: dueAt(Math.floor(draw), weight), index }
    draw -= weight
  }
  // Rounding took the draw to the very end, which is the beginning.
  return { at: 0, index: 0 }
}

/** How many turns of an index come before the turn of `start`. */
function turnsBefore(start: Turn, index: number, weight: number): number {
  let turn = Math.max(0, Math.floor(start.at * weight) - 1)
  while (dueAt(turn, weight) < start.at || (dueAt(turn, weight) === start.at && index < start.index)) turn++
  return turn
}
