import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { RpcError, type RpcErrorCode } from '@kumquat/core'
import { encodeError } from './error-body.ts'
import { JSON_TYPE } from './wire.ts'

/** Answers what the parser cannot make a request of, and closes the connection: nobody knows where the next one begins. */
export function answerUnreadable(error: Error & { readonly code?: string }, socket: Duplex): void {
  // Nobody is there, or an answer is under way that another would spoil.
  if (error.code === 'ECONNRESET' || !socket.writable || hasAnswered(socket)) {
    socket.destroy()
    return
  }
  const [status, code, message] = ANSWERS[error.code ?? ''] ?? UNREADABLE
  const body = encodeError(new RpcError(code, message, { outcome: 'not-run' }), undefined)
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`
  socket.end(head + body, () => socket.destroy())
}

/** Part of an answer is on its way; Node keeps it on the socket. */
function hasAnswered(socket: Duplex & { readonly _httpMessage?: { readonly headersSent: boolean } | null }): boolean {
  return socket._httpMessage?.headersSent === true
}

type Answer = readonly [status: number, code: RpcErrorCode, message: string]

const UNREADABLE: Answer = [400, 'invalid_argument', 'this is no HTTP/1.1 request: see docs/reference/wire.md']

const ANSWERS: Readonly<Record<string, Answer>> = {
  HPE_HEADER_OVERFLOW: [431, 'resource_exhausted', 'the headers are larger than this provider takes: send fewer'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'resource_exhausted', 'the chunk extensions are too large: send none'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'deadline_exceeded', 'the request did not arrive in time: send it at once'],
}
