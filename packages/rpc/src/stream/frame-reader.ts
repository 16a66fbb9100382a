import { HEADER_BYTES, LENGTH_BYTES } from './frame.ts'

/** Told of each frame; the payload is `bytes` from `start` to `end`, and is not kept. */
export type FrameHandler = (type: number, id: number, bytes: Buffer, start: number, end: number) => void

/** Cuts what a socket delivers into frames. Whatever is too long is refused before it is gathered. */
export class FrameReader {
  readonly #handler: FrameHandler
  readonly #maxBytes: number
  /** The beginning of a frame whose end has not come yet, in the pieces in which it came. */
  #pieces: Buffer[] = []
  #gathered = 0
  /** How long that frame is, header included; 0 while that is not known. */
  #wanted = 0

  constructor(maxPayloadBytes: number, handler: FrameHandler) {
    this.#maxBytes = maxPayloadBytes + HEADER_BYTES
    this.#handler = handler
  }

  /** Throws `RangeError` on a length that no frame may have. Nothing can be read after that. */
  push(bytes: Buffer): void {
    let at = this.#gathered > 0 ? this.#gather(bytes) : 0
    while (bytes.length - at >= HEADER_BYTES) {
      const end = at + this.#lengthAt(bytes, at)
      if (end > bytes.length) break
      this.#hand(bytes, at, end)
      at = end
    }
    if (at < bytes.length) this.#keep(at === 0 ? bytes : bytes.subarray(at))
  }

  /** Adds what is missing of the frame that has begun, and hands it on if that is all of it. Returns how much it took. */
  #gather(bytes: Buffer): number {
    const head = this.#wanted > 0 ? 0 : this.#gatherHead(bytes)
    if (this.#wanted === 0) return head
    const end = Math.min(bytes.length, head + this.#wanted - this.#gathered)
    this.#pieces.push(bytes.subarray(head, end))
    this.#gathered += end - head
    if (this.#gathered < this.#wanted) return end
    const whole = Buffer.concat(this.#pieces, this.#wanted)
    this.#pieces = []
    this.#gathered = 0
    this.#wanted = 0
    this.#hand(whole, 0, whole.length)
    return end
  }

  /** Adds what is missing of its header. */
  #gatherHead(bytes: Buffer): number {
    const end = Math.min(bytes.length, HEADER_BYTES - this.#gathered)
    const head = Buffer.concat([...this.#pieces, bytes.subarray(0, end)])
    this.#keep(head)
    return end
  }

  #hand(bytes: Buffer, start: number, end: number): void {
    this.#handler(bytes[start + LENGTH_BYTES]!, bytes.readUInt32BE(start + 5), bytes, start + HEADER_BYTES, end)
  }

  #keep(rest: Buffer): void {
    this.#pieces = [rest]
    this.#gathered = rest.length
    this.#wanted = rest.length >= HEADER_BYTES ? this.#lengthAt(rest, 0) : 0
  }

  #lengthAt(bytes: Buffer, at: number): number {
    const length = bytes.readUInt32BE(at) + LENGTH_BYTES
    if (length >= HEADER_BYTES && length <= this.#maxBytes) return length
    throw new RangeError(`a frame of ${length} bytes: from ${HEADER_BYTES} to ${this.#maxBytes} are allowed`)
  }
}
