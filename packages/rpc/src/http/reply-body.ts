import { formatServiceKey, RpcError } from '@kumquat/core'
import type { CallName } from './error-body.ts'

/** Writes a reply as JSON. Where it throws, or returns no string, `JSON.stringify` does. */
export type ReplyWriter = (value: unknown) => string

/**
 * What a method returned, as JSON; `null` for nothing. Throws `RpcError` `internal`, `ran` on what JSON cannot carry.
 */
export function encodeReply(value: unknown, { service, method }: CallName, write?: ReplyWriter): string {
  try {
    return (write && written(value, write)) ?? JSON.stringify(value) ?? 'null'
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause)
    const message = `${formatServiceKey(service)}/${method} returned what JSON cannot carry: ${reason}; return plain objects, strings and numbers`
    throw new RpcError('internal', message, { outcome: 'ran', cause })
  }
}

function written(value: unknown, write: ReplyWriter): string | undefined {
  try {
    const text: unknown = write(value)
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}
