import { type Logger, RpcError, uniqueId } from '@kumquat/core'
import type { Found } from './finder.ts'

/**
 * What callers are told of what a method threw. It has the outcome `ran`, whatever an `RpcError` that it passes on from
 * elsewhere says: this method did run. What is no `RpcError` goes to the log, stack included.
 */
export function thrownBy({ name, exposeErrors }: Found, error: unknown, logger: Logger): RpcError {
  if (RpcError.is(error)) {
    const { code, message, retryable, retryAfterMs, details } = error
    return new RpcError(code, message, {
      outcome: 'ran',
      cause: error,
      ...(retryable !== undefined && { retryable }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(details !== undefined && { details }),
    })
  }
  const failure = uniqueId().slice(0, 8)
  logger.error({ method: name, failure, error }, `${name} threw`)
  const said = exposeErrors && error instanceof Error ? error.message : 'the reason is in the log of the provider'
  return new RpcError('unknown', `${name} threw: ${said} (failure ${failure})`, { outcome: 'ran', cause: error })
}
