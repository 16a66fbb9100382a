import type { ServerResponse } from 'node:http'
import type { RpcError } from '@kumquat/core'
import { encodeError } from './error-body.ts'
import { JSON_TYPE, STATUS_OF } from './wire.ts'

/** Answers a request that is not looked at, and closes its connection. */
export function answerError(response: ServerResponse, error: RpcError): void {
  response.writeHead(STATUS_OF[error.code], { 'content-type': JSON_TYPE, connection: 'close' })
  response.end(encodeError(error, undefined))
}
