import { formatServiceKey, RpcError } from '@kumquat/core'
import type { ServedCall } from '../../transport.ts'

/** The refusal of a call for which there is no room now. */
export function shed({ service, method }: ServedCall, why: string, retryAfterMs: number): RpcError {
  const message = `${formatServiceKey(service)}/${method} was not run: ${why}; ask another provider, or later`
  return new RpcError('resource_exhausted', message, { outcome: 'not-run', retryAfterMs })
}
