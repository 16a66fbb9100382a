import type { RequestListener } from 'node:http'
import { TLSSocket } from 'node:tls'
import { RpcError } from '@kumquat/core'
import { encodeError } from './error-body.ts'
import { JSON_TYPE, STATUS_OF } from './wire.ts'

/** Refuses every request on a connection whose other end has no certificate that is believed, before it is looked at. */
export function certifiedOnly(handle: RequestListener): RequestListener {
  return (request, response) => {
    const { socket } = request
    if (socket instanceof TLSSocket && socket.authorized) {
      handle(request, response)
      return
    }
    const message =
      'this provider wants a certificate that it believes: give tls.cert and tls.key, signed by an authority of its tls.ca'
    const error = new RpcError('unauthenticated', message, { outcome: 'not-run' })
    response.writeHead(STATUS_OF.unauthenticated, { 'content-type': JSON_TYPE, connection: 'close' })
    response.end(encodeError(error, undefined))
  }
}
