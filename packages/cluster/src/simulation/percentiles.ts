/** Nearest ranks, in ms; 0 if there is nothing to rank. */
export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly p999: number
}

/** Of all values that are not negative. Sorts what it is given. */
export function percentiles(values: Float64Array): Percentiles {
  values.sort()
  const first = values.findIndex((value) => value >= 0)
  const ranked = values.subarray(first < 0 ? values.length : first)
  const at = (share: number): number => ranked[Math.ceil(ranked.length * share) - 1] ?? 0
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), p999: at(0.999) }
}
