/** Buckets for each doubling: each is 4.5 % wide. */
const STEPS = 16
const SHORTEST_LOG2 = -4

/** Durations by logarithmic bucket, from 1/16 ms to about 65 s; longer ones count as that. */
export const BUCKETS: number = 20 * STEPS + 1

/** The bucket that a duration in ms falls into. */
export const bucketOf = (durationMs: number): number =>
  Math.min(BUCKETS - 1, Math.max(0, Math.ceil((Math.log2(durationMs) - SHORTEST_LOG2) * STEPS)))

/** The longest duration of a bucket, in ms. */
export const edgeOf = (bucket: number): number => 2 ** (bucket / STEPS + SHORTEST_LOG2)
