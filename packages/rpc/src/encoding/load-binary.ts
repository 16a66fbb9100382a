import { loadMsgpack } from './msgpack.ts'
import type { BinaryEncoding, ValueEncoding } from './value-encoding.ts'

/**
 * Loads what an encoding needs; nothing for JSON. Rejects with `TypeError` when a package is missing, saying how to install it.
 *
 * @throws TypeError on an encoding that there is not.
 */
export function loadBinary(encoding: ValueEncoding): Promise<BinaryEncoding> | undefined {
  if (encoding === 'json') return undefined
  if (encoding === 'msgpack') return loadMsgpack()
  throw new TypeError(`encoding must be "json" or "msgpack", got ${JSON.stringify(encoding)}`)
}
