import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { RpcError, type RpcErrorCode } from '@kumquat/core'
import { encodeError } from './error-body.ts'
import { JSON_TYPE } from './wire.ts'

/** Answers what the parser cannot make a request of, and closes the connection: nobody knows where the next one begins. */
export function answerUnreadable(error: Error & { readonly code?: string }, socket: Duplex): void {
  // Nobody is there, or what we say would be taken for the answer to another request.
  if (error.code === 'ECONNRESET' || !socket.writable || belongsToAnother(socket)) {
    socket.destroy()
    return
  }
  const [status, code, message] = ANSWERS[error.code ?? ''] ?? UNREADABLE
  const body = encodeError(new RpcError(code, message, { outcome: 'not-run' }), undefined)
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`
  socket.end(head + body, () => socket.destroy())
}

/** The answer that is next on the line; Node keeps it on the socket. */
interface Answering {
  readonly _httpMessage?: Pick<ServerResponse, 'headersSent' | 'req'> | null
}

/** Whether the next answer on the line is that of a request before: it has begun, or all of that request has come. */
function belongsToAnother({ _httpMessage: next }: Duplex & Answering): boolean {
  return next?.headersSent === true || next?.req.complete === true
}

type Answer = readonly [status: number, code: RpcErrorCode, message: string]

const UNREADABLE: Answer = [400, 'invalid_argument', 'this is no HTTP/1.1 request: see docs/reference/wire.md']

const ANSWERS: Readonly<Record<string, Answer>> = {
  HPE_HEADER_OVERFLOW: [431, 'resource_exhausted', 'the headers are larger than this provider takes: send fewer'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'resource_exhausted', 'the chunk extensions are too large: send none'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'deadline_exceeded', 'the request did not arrive in time: send it at once'],
}
