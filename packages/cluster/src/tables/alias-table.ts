/**
 * Draws an index in proportion to its weight, from one uniform number in [0, 1), in constant time.
 * Vose, "A Linear Algorithm for Generating Random Numbers with a Given Distribution", 1991.
 */
export function aliasTable(weights: readonly number[]): (uniform: number) => number {
  const size = weights.length
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  // Column i is i up to the height `share[i]`, and `alias[i]` above it.
  const share = Float64Array.from(weights, (weight) => (weight / total) * size)
  const alias = Uint32Array.from(weights, (_, index) => index)
  const poor: number[] = []
  const rich: number[] = []
  for (let i = 0; i < size; i++) (share[i]! < 1 ? poor : rich).push(i)
  while (poor.length > 0 && rich.length > 0) {
    const filled = poor.pop()!
    const giver = rich.at(-1)!
    alias[filled] = giver
    share[giver] = share[giver]! - (1 - share[filled]!)
    if (share[giver]! < 1) poor.push(rich.pop()!)
  }
  // Whoever is left is full but for rounding; an alias of itself makes that exact.
  return (uniform) => {
    const at = uniform * size
    // Dice may show a full 1, by rounding.
    const column = Math.min(Math.floor(at), size - 1)
    return at - column < share[column]! ? column : alias[column]!
  }
}
