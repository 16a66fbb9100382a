import { type Invocation, RpcError } from '@kumquat/core'
import type { BinaryEncoding } from '../encoding/value-encoding.ts'

type Name = Pick<Invocation, 'method'>

/** An item from the consumer, as JSON. Throws `RpcError` `invalid_argument` on what JSON cannot carry. */
export function sentItem(item: unknown, name: Name): string {
  try {
    return JSON.stringify(item) ?? 'null'
  } catch (cause) {
    throw unsayable(name, cause)
  }
}

/** The same in another encoding. */
export function packedItem(item: unknown, name: Name, binary: BinaryEncoding): Uint8Array {
  try {
    return binary.encode(item)
  } catch (cause) {
    throw unsayable(name, cause)
  }
}

const unsayable = ({ method }: Name, cause: unknown): RpcError =>
  new RpcError('invalid_argument', `${method} was sent an item that JSON cannot carry`, { cause })
