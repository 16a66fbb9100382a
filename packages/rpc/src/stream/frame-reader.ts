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
  push(chunk: Buffer): void {
    let bytes = chunk
    if (this.#gathered > 0) {
      const whole = this.#gather(chunk)
      if (whole === undefined) return
      bytes = whole
    }
    let at = 0
    while (bytes.length - at >= HEADER_BYTES) {
      const end = at + this.#lengthAt(bytes, at)
      if (end > bytes.length) break
      this.#handler(bytes[at + LENGTH_BYTES]!, bytes.readUInt32BE(at + 5), bytes, at + HEADER_BYTES, end)
      at = end
    }
    if (at < bytes.length) this.#keep(at === 0 ? bytes : bytes.subarray(at))
  }

  /** All that was gathered and this, once it holds a frame; nothing until then. Joins pieces once, however many there are. */
  #gather(chunk: Buffer): Buffer | undefined {
    this.#pieces.push(chunk)
    this.#gathered += chunk.length
    if (this.#wanted === 0 && this.#gathered >= HEADER_BYTES) {
      if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)]
      this.#wanted = this.#lengthAt(this.#pieces[0]!, 0)
    }
    if (this.#wanted === 0 || this.#gathered < this.#wanted) return undefined
    const whole = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces, this.#gathered)
    this.#pieces = []
    this.#gathered = 0
    this.#wanted = 0
    return whole
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
