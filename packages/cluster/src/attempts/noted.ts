import { RpcError } from '@kumquat/core'

/** The same failure, with a word among its details about why it was left at that. The failure as it came is its cause. */
export function noted(failure: unknown, note: string): unknown {
  if (!RpcError.is(failure)) return failure
  const { code, message, outcome, retryable, retryAfterMs, details = [] } = failure
  return new RpcError(code, message, {
    outcome,
    cause: failure,
    details: [...details, { note }],
    ...(retryable !== undefined && { retryable }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

export const NO_BUDGET = 'not tried again: the retry budget is empty'
