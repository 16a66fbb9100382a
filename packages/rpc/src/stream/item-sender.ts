import type { BinaryEncoding } from '../encoding/value-encoding.ts'
import { FrameType, MORE, PART_BYTES } from './frame.ts'
import type { FrameWriter } from './frame-writer.ts'
import { costOf } from './item-cost.ts'

export interface ItemSenderParts {
  readonly writer: FrameWriter
  /** Of the stream. */
  readonly id: number
  /** What is sent; opened by the first item that is asked for. */
  readonly items: AsyncIterable<unknown>
  /** Text is JSON. Throws on what cannot travel. */
  readonly encode: (item: unknown) => ReturnType<BinaryEncoding['encode']> | string
  /** The last item has left. */
  readonly ended: () => void
  /** Whatever yields them threw, or an item cannot travel. To be stopped then. */
  readonly failed: (error: unknown) => void
}

/**
 * Puts items on a connection while their reader gives credit for them and the connection has room: no more is asked for until then.
 * An item may begin while any credit is left, however long it is. Both ends of a line have one for each stream that they send.
 */
export class ItemSender {
  readonly #parts: ItemSenderParts
  #iterator: AsyncIterator<unknown> | undefined
  #credit = 0
  /** What is still to be sent of an item. */
  #rest: string | Uint8Array | undefined
  #hasBegun = false
  #isAsking = false
  #isWaiting = false
  #isOver = false

  constructor(parts: ItemSenderParts) {
    this.#parts = parts
  }

  /** Asks for the first item before there is credit for it. */
  begin(): void {
    this.#ask()
  }

  /** The reader takes so many bytes more. */
  credit(bytes: number): void {
    this.#credit += bytes
    this.#go()
  }

  /** Nobody wants more. What yields the items is closed. */
  stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#rest = undefined
    void this.#close().catch(() => {})
  }

  readonly #room = (): void => {
    this.#isWaiting = false
    this.#go()
  }

  #go(): void {
    if (this.#isOver || this.#isAsking || this.#isWaiting) return
    if (this.#rest !== undefined && !this.#send(this.#rest)) return
    if (this.#credit > 0) this.#ask()
  }

  #ask(): void {
    this.#isAsking = true
    this.#next().then(
      (result) => this.#got(result),
      (error: unknown) => {
        this.#isAsking = false
        if (this.#isOver) return
        this.#isOver = true
        this.#parts.failed(error)
      },
    )
  }

  async #next(): Promise<IteratorResult<unknown>> {
    this.#iterator ??= this.#parts.items[Symbol.asyncIterator]()
    return await this.#iterator.next()
  }

  async #close(): Promise<void> {
    await this.#iterator?.return?.()
  }

  #got({ done, value }: IteratorResult<unknown>): void {
    this.#isAsking = false
    if (this.#isOver) return
    if (done === true) {
      this.#isOver = true
      this.#parts.ended()
      return
    }
    try {
      const encoded = this.#parts.encode(value)
      this.#rest = typeof encoded === 'string' && encoded.length > PART_BYTES ? Buffer.from(encoded) : encoded
    } catch (error) {
      this.#parts.failed(error)
      return
    }
    this.#go()
  }

  /** Whether all of it could be put on the connection. */
  #send(item: string | Uint8Array): boolean {
    const { writer, id } = this.#parts
    if (!this.#hasBegun && this.#credit <= 0) return false
    let rest = item
    for (;;) {
      if (!writer.hasRoom) {
        this.#rest = rest
        this.#isWaiting = true
        writer.whenRoom(this.#room)
        return false
      }
      if (!this.#hasBegun) this.#credit -= costOf(Buffer.byteLength(rest))
      this.#hasBegun = true
      if (typeof rest === 'string' || rest.length <= PART_BYTES) break
      writer.bytes(FrameType.item | MORE, id, rest.subarray(0, PART_BYTES))
      rest = rest.subarray(PART_BYTES)
    }
    writer.put(FrameType.item, id, rest)
    this.#hasBegun = false
    this.#rest = undefined
    return true
  }
}
