import { formatServiceKey, RpcError } from '@kumquat/core'
import type { BinaryEncoding } from '../encoding/value-encoding.ts'
import type { CallName } from './error-body.ts'

/** Writes a reply as JSON. Where it throws, or returns no string, `JSON.stringify` does. */
export type ReplyWriter = (value: unknown) => string

/**
 * What a method returned, as JSON; `null` for nothing. Throws `RpcError` `internal`, `ran` on what JSON cannot carry.
 */
export function encodeReply(value: unknown, name: CallName, write?: ReplyWriter): string {
  try {
    return (write && written(value, write)) ?? JSON.stringify(value) ?? 'null'
  } catch (cause) {
    throw unsayable(name, cause)
  }
}

/** The same in another encoding. */
export function packReply(value: unknown, name: CallName, binary: BinaryEncoding): Uint8Array {
  try {
    return binary.encode(value)
  } catch (cause) {
    throw unsayable(name, cause)
  }
}

function unsayable({ service, method }: CallName, cause: unknown): RpcError {
  const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause)
  const message = `${formatServiceKey(service)}/${method} returned what JSON cannot carry: ${reason}; return plain objects, strings and numbers`
  return new RpcError('internal', message, { outcome: 'ran', cause })
}

function written(value: unknown, write: ReplyWriter): string | undefined {
  try {
    const text: unknown = write(value)
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}
