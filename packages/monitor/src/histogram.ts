/**
 * Counts of durations by logarithmic bucket: bucket 0 holds what took up to 0.05 ms, each next one ends 2^(1/8) higher,
 * the last one holds all beyond 114 s. Cumulative or of a window; add them up over processes, lanes and time, and read
 * percentiles last, for percentiles do not add up.
 */
export type Histogram = Float64Array

/** The counts that are not zero, as `[bucket, count, bucket, count, …]` with buckets rising: the form in JSON. */
export type SparseHistogram = readonly number[]

export const MIN_MS = 0.05
export const BUCKETS_PER_OCTAVE = 8
export const BUCKETS = 171

/** An empty histogram. */
export function histogram(): Histogram {
  return new Float64Array(BUCKETS)
}

/** Counts one duration, in ms. Negative and not-a-number count as 0. */
export function record(into: Histogram, ms: number): void {
  into[bucketOf(ms)]! += 1
}

/** The bucket that a duration in ms falls into. */
export function bucketOf(ms: number): number {
  if (!(ms > MIN_MS)) return 0
  return Math.min(BUCKETS - 1, Math.ceil(Math.log2(ms / MIN_MS) * BUCKETS_PER_OCTAVE))
}

/** Adds counts to `into`, `times` over (-1 takes them away), and returns it. */
export function addHistogram(into: Histogram, counts: Histogram | SparseHistogram, times = 1): Histogram {
  if (counts instanceof Float64Array) for (let i = 0; i < BUCKETS; i++) into[i]! += times * counts[i]!
  else for (let i = 0; i < counts.length; i += 2) into[counts[i]!]! += times * counts[i + 1]!
  return into
}

/** One histogram of all that the given ones counted. */
export function mergeHistograms(...many: readonly (Histogram | SparseHistogram)[]): Histogram {
  return many.reduce<Histogram>((sum, one) => addHistogram(sum, one), histogram())
}

/**
 * The duration in ms that the fraction `q` (0 to 1) of all took at most, `null` when nothing was counted. It is the
 * geometric middle of a bucket, so within 4.5 % of the true one between 0.05 ms and 120 s.
 */
export function percentile(of: Histogram, q: number): number | null {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`percentile ${q} is not between 0 and 1, e.g. 0.99`)
  const total = of.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  let left = Math.max(1, Math.ceil(q * total))
  const bucket = of.findIndex((count) => {
    left -= count
    return left <= 0
  })
  return MIN_MS * 2 ** ((bucket - 0.5) / BUCKETS_PER_OCTAVE)
}

/** The form in JSON: a few dozen numbers instead of 171. */
export function toSparse(dense: Histogram): SparseHistogram {
  const sparse: number[] = []
  for (let i = 0; i < BUCKETS; i++) if (dense[i] !== 0) sparse.push(i, dense[i]!)
  return sparse
}

/** Whether a value from outside is a sparse histogram: whole counts above 0, buckets in range and rising. */
export function isSparseHistogram(value: unknown): value is SparseHistogram {
  if (!Array.isArray(value) || value.length % 2 !== 0) return false
  return value.every((n, i) =>
    i % 2 === 0
      ? Number.isInteger(n) && n < BUCKETS && n > (i === 0 ? -1 : value[i - 2])
      : Number.isSafeInteger(n) && n > 0,
  )
}
