import type { RequestListener } from 'node:http'
import { TLSSocket } from 'node:tls'
import { RpcError } from '@kumquat/core'
import { answerError } from './answer-error.ts'

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
    answerError(response, new RpcError('unauthenticated', message, { outcome: 'not-run' }))
  }
}
