import { RpcError } from '@kumquat/core'

/**
 * What a failure of the transport means to a call. Whether its bytes had been handed to a socket decides what may have
 * happened, not the code of the error: `read ECONNRESET` comes before the first byte and in the middle of an answer alike
 * (docs/decisions/0006-outcome-from-what-we-saw.md).
 */
export function transportError(cause: Error & { readonly code?: string }, isSent: boolean, where: string): RpcError {
  const reason = cause.code ?? cause.name
  const distrust = distrustOf(reason)
  if (distrust !== undefined) {
    const message = `${where} was not called: ${distrust} (${reason}: ${cause.message})`
    return new RpcError('unauthenticated', message, { outcome: 'not-run', cause })
  }
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

/**
 * What stands between the two ends of a TLS handshake that failed. In TLS 1.3 the refusal of our certificate comes after we
 * have begun to write, and still nothing of that was read (RFC 8446, 4.4.2.4).
 */
function distrustOf(reason: string): string | undefined {
  if (/^ERR_SSL_.*ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)/.test(reason)) {
    return 'the provider wants a certificate that it believes: give tls.cert and tls.key, signed by an authority of its tls.ca'
  }
  if (/^(ERR_TLS_CERT_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_SSL_WRONG_VERSION)/.test(reason)) {
    return 'its certificate is not believed: see tls.ca and tls.serverName, and the names and dates in it'
  }
  return undefined
}
