import { HEADER_BYTES, LENGTH_BYTES, MORE, PART_BYTES } from './frame.ts'
import type { Prelude } from './prelude.ts'

/** A payload that leaves in parts. Text is encoded part by part, as it leaves: all at once would hold up everything else. */
export class LongMessage {
  readonly id: number
  /** Among the texts of its writer. */
  readonly number: number
  readonly #type: number
  readonly #payload: string | Uint8Array
  #prelude: Prelude | undefined
  /** In characters of text, or in bytes. */
  #at = 0
  #left: number

  /** There are bytes in it that nobody writes to. */
  constructor(type: number, id: number, number: number, payload: string | Uint8Array, prelude: Prelude | undefined) {
    this.id = id
    this.number = number
    this.#type = type
    this.#payload = payload
    this.#prelude = prelude
    this.#left = (prelude?.bytes ?? 0) + Buffer.byteLength(payload)
  }

  /** Bytes that have not left. */
  get left(): number {
    return this.#left
  }

  get hasBegun(): boolean {
    return this.#at > 0
  }

  /** Its next part, a frame. The first has the prelude on top. */
  part(): Buffer {
    const before = this.#prelude?.bytes ?? 0
    const frame = Buffer.allocUnsafeSlow(HEADER_BYTES + Math.min(this.#left, before + PART_BYTES))
    this.#prelude?.write(frame, HEADER_BYTES)
    this.#prelude = undefined
    const end = HEADER_BYTES + before + this.#fill(frame, HEADER_BYTES + before)
    this.#left -= end - HEADER_BYTES
    frame.writeUInt32BE(end - LENGTH_BYTES, 0)
    frame[LENGTH_BYTES] = this.#left > 0 ? this.#type | MORE : this.#type
    frame.writeUInt32BE(this.id, LENGTH_BYTES + 1)
    return end === frame.length ? frame : frame.subarray(0, end)
  }

  /** Puts as much of the payload there as fits, and returns how many bytes that are. */
  #fill(frame: Buffer, start: number): number {
    const payload = this.#payload
    if (typeof payload !== 'string') {
      const piece = payload.subarray(this.#at, this.#at + frame.length - start)
      frame.set(piece, start)
      this.#at += piece.length
      return piece.length
    }
    // A pair that this cuts in two waits for the next part: for half of one, as three bytes, there is no room after the rest.
    const piece = payload.slice(this.#at, this.#at + frame.length - start)
    const { read, written } = utf8.encodeInto(piece, frame.subarray(start))
    this.#at += read
    return written
  }
}

const utf8 = new TextEncoder()
