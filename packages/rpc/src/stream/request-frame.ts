import type { Prelude } from './prelude.ts'

/**
 * What stands before the arguments in a request:
 *
 *     f64 time left in ms, 0 = no deadline | u8 attempt | u8 kind of call | u16 length of path | u32 length of facts | path | facts
 *
 * The path is `app/group/method`, the facts are a JSON object of strings, the headers that the call would have over HTTP.
 */
export const FIXED_BYTES = 16

export interface RequestHead {
  readonly leftMs: number
  readonly attempt: number
  /** Which way items stream, if any do. */
  readonly kind: number
  readonly path: string
  /** Empty when there are none. */
  readonly facts: string
}

/** A set of bits: items come back, items follow. */
export const RequestKind = { unary: 0, server: 1, client: 2, both: 3 } as const

/** It as it is written. The path is ASCII. */
export class RequestPrelude implements Prelude {
  readonly bytes: number
  readonly #head: RequestHead
  readonly #factsBytes: number

  constructor(head: RequestHead) {
    const { path, facts } = head
    this.#head = head
    this.#factsBytes = facts === '' ? 0 : Buffer.byteLength(facts)
    this.bytes = FIXED_BYTES + path.length + this.#factsBytes
  }

  write(bytes: Buffer, at: number): void {
    const { leftMs, attempt, kind, path, facts } = this.#head
    bytes.writeDoubleBE(leftMs, at)
    bytes[at + 8] = attempt
    bytes[at + 9] = kind
    bytes.writeUInt16BE(path.length, at + 10)
    bytes.writeUInt32BE(this.#factsBytes, at + 12)
    bytes.write(path, at + FIXED_BYTES, 'latin1')
    if (this.#factsBytes > 0) bytes.write(facts, at + FIXED_BYTES + path.length)
  }
}

export interface ReadRequest extends RequestHead {
  /** Where the arguments begin. */
  readonly body: number
}

/** Nothing if its lengths are not those of the frame. */
export function readRequest(bytes: Buffer, start: number, end: number): ReadRequest | undefined {
  if (end - start < FIXED_BYTES) return undefined
  const pathEnd = start + FIXED_BYTES + bytes.readUInt16BE(start + 10)
  const body = pathEnd + bytes.readUInt32BE(start + 12)
  if (body > end) return undefined
  return {
    leftMs: bytes.readDoubleBE(start),
    attempt: bytes[start + 8]!,
    kind: bytes[start + 9]!,
    path: bytes.toString('latin1', start + FIXED_BYTES, pathEnd),
    facts: body === pathEnd ? '' : bytes.toString('utf8', pathEnd, body),
    body,
  }
}
