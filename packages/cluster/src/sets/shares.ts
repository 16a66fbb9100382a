import type { Rng } from '@kumquat/core'

/** What gets a part of the draws in proportion to its weight, above 0. */
export interface Share<T> {
  readonly of: T
  readonly weight: number
}

/** Draws one of a few by weight: the first whose cumulative weight is above the draw. Must not be empty. */
export function shares<T>(some: readonly Share<T>[], rng: Rng): () => T {
  const last = some.at(-1)!.of
  if (some.length === 1) return () => last
  const total = some.reduce((sum, { weight }) => sum + weight, 0)
  return () => {
    let left = rng() * total
    for (const { of, weight } of some) {
      if (left < weight) return of
      left -= weight
    }
    return last
  }
}
