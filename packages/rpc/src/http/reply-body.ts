import { formatServiceKey, RpcError } from '@kumquat/core'
import type { CallName } from './error-body.ts'

/** What a method returned, as JSON; `null` for nothing. Throws `RpcError` `internal`, `ran` on what JSON cannot carry. */
export function encodeReply(value: unknown, { service, method }: CallName): string {
  try {
    return JSON.stringify(value) ?? 'null'
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause)
    const message = `${formatServiceKey(service)}/${method} returned what JSON cannot carry: ${reason}; return plain objects, strings and numbers`
    throw new RpcError('internal', message, { outcome: 'ran', cause })
  }
}
