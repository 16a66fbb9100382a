import { type Clock, type Invocation, RpcError, remainingMs } from '@kumquat/core'

/** Whether a second try does no harm that the first has not done: by what is known of the first, and of the method. */
export function isRepeatable(error: unknown, { idempotent }: Invocation): error is RpcError {
  if (!RpcError.is(error)) return false
  return error.outcome === 'not-run' || (error.outcome === 'unknown' && idempotent) || error.retryable === true
}

/** Whether anybody still waits for an answer. */
export const isAwaited = (invocation: Invocation, clock: Clock): boolean =>
  !invocation.signal?.aborted && remainingMs(invocation, clock) > 0

/** Of two failures of one call the one to tell: "it did not run" must not hide that another attempt may have run. */
export function graver(earlier: unknown, later: unknown): unknown {
  return earlier !== undefined && isNotRun(later) && !isNotRun(earlier) ? earlier : later
}

export const isNotRun = (error: unknown): boolean => RpcError.is(error) && error.outcome === 'not-run'

/**
 * How long the peer asks to be left alone: `undefined` if it says nothing, `Infinity` if it asks for no further attempt at
 * all, by a negative number or by what is none (gRFC A6).
 */
export function pushbackMs({ retryAfterMs }: RpcError): number | undefined {
  return retryAfterMs === undefined || retryAfterMs >= 0 ? retryAfterMs : Number.POSITIVE_INFINITY
}
