/**
 * `exp(-x)` for `x` of 0 or more. What lies an eighth of the memory back or less, as nearly all does, is told by the first terms
 * of the series, to within a millionth: a fourth of what `Math.exp` costs.
 */
export const decay = (x: number): number =>
  x < 0.125 ? 1 - x * (1 - (x / 2) * (1 - (x / 3) * (1 - x / 4))) : Math.exp(-x)
