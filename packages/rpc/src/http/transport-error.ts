import { RpcError } from '@kumquat/core'

/**
 * What a failure of the transport means to a call. Whether its bytes had been handed to a socket decides what may have
 * happened, not the code of the error: `read ECONNRESET` comes before the first byte and in the middle of an answer alike
 * (docs/decisions/0006-outcome-from-what-we-saw.md).
 */
export function transportError(cause: Error & { readonly code?: string }, isSent: boolean, where: string): RpcError {
  const reason = cause.code ?? cause.name
  if (!isSent) {
    const message = `${where} could not be reached (${reason}: ${cause.message}); see that it runs and listens there`
    return new RpcError('unavailable', message, { outcome: 'not-run', cause })
  }
  if (UNUSABLE.has(reason)) {
    const message = `${where} answered more than is accepted (${cause.message}); ask for less at a time`
    return new RpcError('resource_exhausted', message, { outcome: 'ran', cause })
  }
  const message = `${where}: the connection broke before the answer was complete (${reason}: ${cause.message}); it may have run`
  return new RpcError('unavailable', message, { outcome: 'unknown', cause })
}

/** It did answer, but we cannot use it. */
const UNUSABLE: ReadonlySet<string> = new Set(['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'UND_ERR_HEADERS_OVERFLOW'])
