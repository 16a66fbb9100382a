import type { StreamKind } from '@kumquat/core'
import { argsOf, attachmentsOf, attemptOf, callerOf, timeoutOf } from '../http/arrived.ts'
import type { CallName } from '../http/error-body.ts'
import { callLimitsOf } from '../http/http-listen-options.ts'
import { parseArguments } from '../http/parse-arguments.ts'
import { tooLarge } from '../http/refusal.ts'
import type { ListenOptions, Remote, ServedCall } from '../transport.ts'

/** A call on its way: the headers and the text that an HTTP request would have. */
export interface MemoryRequest extends CallName {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Aborts when nobody waits for the answer any more. */
  readonly gone: AbortSignal
}

/** A stream on its way. */
export interface MemoryStreamRequest extends MemoryRequest {
  readonly stream: StreamKind
  /** What streams in, before it is JSON. */
  readonly input?: AsyncIterable<unknown> | undefined
}

/** Reads a request as it is read over HTTP. Throws `RpcError`, `not-run` on one that breaks a limit. */
export function servedCall(
  { service, method, headers, body, gone }: MemoryRequest,
  idempotent: boolean,
  { clock, maxBodyBytes }: ListenOptions,
): ServedCall {
  const timeoutMs = timeoutOf(headers)
  return {
    service,
    method,
    args: argsIn(body, maxBodyBytes),
    attachments: attachmentsOf(headers),
    idempotent,
    attempt: attemptOf(headers),
    caller: callerOf(headers),
    arrived: headers,
    remote: IN_MEMORY,
    signal: gone,
    ...(timeoutMs !== undefined && { deadline: clock.now() + timeoutMs }),
  }
}

function argsIn(body: string, maxBodyBytes: number): readonly unknown[] {
  if (Buffer.byteLength(body) > maxBodyBytes) throw tooLarge(maxBodyBytes).error
  const { maxDepth, maxArguments } = LIMITS
  return argsOf(parseArguments(body, maxDepth), maxArguments)
}

/** Those of HTTP, unless a provider over HTTP says otherwise. */
const LIMITS = callLimitsOf({})
const IN_MEMORY: Remote = { address: '', certified: [] }
