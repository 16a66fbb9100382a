import { RpcError } from '@kumquat/core'

/** A failure in words that make no strategy try again: something of the stream has been used up. */
export function final(error: unknown): unknown {
  if (!RpcError.is(error) || (error.outcome !== 'not-run' && error.retryable !== true)) return error
  const { code, message, outcome, retryAfterMs, details } = error
  const told = new RpcError(code, message, {
    outcome: outcome === 'not-run' ? 'unknown' : outcome,
    cause: error,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(details !== undefined && { details }),
  })
  originals.set(told, error)
  return told
}

/** What the consumer is told of it: all that was said, but never that a stream did not run of which there were items. */
export function unfinal(error: unknown, items: number): unknown {
  const original = typeof error === 'object' && error !== null ? originals.get(error) : undefined
  return original === undefined || (items > 0 && original.outcome === 'not-run') ? error : original
}

const originals = new WeakMap<object, RpcError>()
