/** The middle one of those; of an even number the higher of two. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
}

/** To so many digits after the point. */
export function rounded(n: number, digits = 0): number {
  return Number(n.toFixed(digits))
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

export const mib = (bytes: number): number => Math.round(bytes / 2 ** 20)
export const kib = (bytes: number): number => Math.round(bytes / 102.4) / 10
