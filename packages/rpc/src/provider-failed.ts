import { type Logger, RpcError } from '@kumquat/core'

/** What a caller is told of an error that neither a method nor the server made: a filter did. The log learns the rest. */
export function providerFailed(cause: unknown, logger: Logger): RpcError {
  logger.error({ error: cause }, 'serving a call failed')
  return new RpcError('internal', 'the provider failed; the reason is in its log', { outcome: 'unknown', cause })
}
