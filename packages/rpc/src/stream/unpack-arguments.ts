import type { BinaryEncoding } from '../encoding/value-encoding.ts'

/** What there is in bytes from outside, as `parseArguments` of a text: nothing in no bytes. */
export const unpackArguments = (bytes: Uint8Array, maxDepth: number, binary: BinaryEncoding): unknown =>
  bytes.length === 0 ? undefined : binary.decode(bytes, maxDepth)
