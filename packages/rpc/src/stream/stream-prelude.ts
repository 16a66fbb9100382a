import type { Prelude } from './prelude.ts'

const CREDIT_BYTES = 4

/** What stands before the arguments in a request for a stream: what stands there in any, then the first credit, a u32. */
export class StreamPrelude implements Prelude {
  readonly bytes: number
  readonly #request: Prelude
  readonly #credit: number

  constructor(request: Prelude, credit: number) {
    this.#request = request
    this.#credit = credit
    this.bytes = request.bytes + CREDIT_BYTES
  }

  write(bytes: Buffer, at: number): void {
    this.#request.write(bytes, at)
    bytes.writeUInt32BE(this.#credit, at + this.#request.bytes)
  }
}

/** The first credit, and where the arguments begin; nothing where it is cut short. */
export function readCredit(
  bytes: Buffer,
  start: number,
  end: number,
): { readonly credit: number; readonly body: number } | undefined {
  const body = start + CREDIT_BYTES
  return body > end ? undefined : { credit: bytes.readUInt32BE(start), body }
}
