/** Cuts bytes into lines as they come. What has no end yet is kept, up to a limit. */
export class LineSplitter {
  readonly #maxBytes: number
  #parts: Buffer[] = []
  #size = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The lines that are whole now, without their ends; empty ones are left out. Throws `RangeError` on one above the limit. */
  push(chunk: Buffer): readonly string[] {
    const lines: string[] = []
    let from = 0
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, from)) {
      this.#keep(chunk.subarray(from, at))
      if (this.#size > 0) lines.push(this.#take())
      from = at + 1
    }
    this.#keep(chunk.subarray(from))
    return lines
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#size += bytes.length
    if (this.#size > this.#maxBytes) throw new RangeError(`a line is longer than ${this.#maxBytes} bytes`)
    this.#parts.push(bytes)
  }

  #take(): string {
    const [only] = this.#parts
    const line = this.#parts.length === 1 ? only! : Buffer.concat(this.#parts)
    this.#parts = []
    this.#size = 0
    return line.toString()
  }
}

const LF = 0x0a
