import { type Rng, systemRng } from '@kumquat/core'

/** How long to wait, in ms, before the n-th further attempt; the first is 1. */
export type Backoff = (retry: number) => number

export interface BackoffOptions {
  /** The longest wait before the first further attempt, more than 0. Default 25. */
  readonly baseMs?: number
  /** No wait is longer; at least `baseMs`. Default 1 000. */
  readonly maxMs?: number
  /** By how much each longest wait exceeds the one before, 1 or more. Default 2. */
  readonly factor?: number
  /** Which share of a wait is left to chance: 1 = all of it (full jitter), 0 = none. Default 1. */
  readonly jitter?: number
  readonly rng?: Rng
}

/**
 * Waits that grow exponentially, and are spread by chance so that those who failed together do not come back together.
 * Full jitter: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @throws RangeError on an option out of range.
 */
export function backoff({
  baseMs = 25,
  maxMs = 1_000,
  factor = 2,
  jitter = 1,
  rng = systemRng,
}: BackoffOptions = {}): Backoff {
  if (!(baseMs > 0 && baseMs < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`baseMs must be a number of ms above 0, got ${baseMs}`)
  }
  if (!(maxMs >= baseMs && maxMs <= MAX_DELAY_MS)) {
    throw new RangeError(`maxMs must be from baseMs (${baseMs}) to ${MAX_DELAY_MS}, got ${maxMs}`)
  }
  if (!(factor >= 1 && factor < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`factor must be a number of at least 1, got ${factor}`)
  }
  if (!(jitter >= 0 && jitter <= 1)) throw new RangeError(`jitter must be from 0 to 1, got ${jitter}`)
  return (retry) => {
    const longest = Math.min(maxMs, baseMs * factor ** (retry - 1))
    return longest * (1 - jitter + jitter * rng())
  }
}

/** The longest that a timer of Node can wait. */
const MAX_DELAY_MS = 2 ** 31 - 1
