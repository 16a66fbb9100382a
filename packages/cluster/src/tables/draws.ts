import type { Rng } from '@kumquat/core'
import { aliasTable } from './alias-table.ts'

/** Draws indexes in proportion to their weights. */
export interface Draws {
  /** From one uniform number in [0, 1), in constant time. */
  one(uniform: number): number
  /** Another than `index`, in proportion to the weights of all others; `index` if no other has weight. O(log n). */
  other(index: number, rng: Rng): number
  /** The weight of each relative to the mean of those with weight. */
  readonly shares: Float64Array
}

export function draws(weights: readonly number[]): Draws {
  return weights.every((weight) => weight === weights[0]) ? evenDraws(weights.length) : weightedDraws(weights)
}

const evenDraws = (size: number): Draws => ({
  one: (uniform) => Math.floor(uniform * size),
  other: (index, rng) => (index + 1 + Math.floor(rng() * (size - 1))) % size,
  shares: new Float64Array(size).fill(1),
})

function weightedDraws(weights: readonly number[]): Draws {
  const ends = new Float64Array(weights.length)
  let total = 0
  for (const [index, weight] of weights.entries()) ends[index] = total += weight
  const mean = total / weights.filter((weight) => weight > 0).length
  const one = aliasTable(weights)
  return {
    one,
    other(index, rng) {
      // Mostly another at once; only then does it take a search, which costs more than the rest of a pick.
      const drawn = one(rng())
      if (drawn !== index) return drawn
      const weight = weights[index]!
      const start = index === 0 ? 0 : ends[index - 1]!
      let at = rng() * (total - weight)
      if (at >= start) at += weight
      const found = firstAbove(ends, at)
      if (found < ends.length) return found
      // Beyond all: rounding, or nobody else has weight.
      const last = weights.findLastIndex((one, place) => one > 0 && place !== index)
      return last < 0 ? index : last
    },
    shares: Float64Array.from(weights, (weight) => weight / mean),
  }
}

/** The index of the first of ascending numbers that is greater; their count, if none is. */
function firstAbove(ascending: Float64Array, than: number): number {
  let from = 0
  let to = ascending.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (ascending[middle]! > than) to = middle
    else from = middle + 1
  }
  return from
}
