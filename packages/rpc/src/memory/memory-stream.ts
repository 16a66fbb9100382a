import { formatServiceKey, RpcError, type StreamInvocation } from '@kumquat/core'
import { decodeError } from '../http/error-body.ts'
import { DONE } from '../streaming/done.ts'
import { callerLeft } from '../streaming/endings.ts'
import type { MemoryItems } from './memory-items.ts'

export interface MemoryStreamParts {
  readonly call: StreamInvocation
  /** `host:port`. */
  readonly id: string
  readonly maxItemBytes: number
  /** Begins it at its provider. `gone` aborts when nobody reads any more. Throws what keeps it from being sent. */
  readonly open: (gone: AbortSignal) => MemoryItems
  /** Told once, when it has ended. */
  readonly ended: () => void
}

/** The reading end of a stream in memory. */
export class MemoryStream implements AsyncIterator<unknown> {
  readonly #parts: MemoryStreamParts
  readonly #gone = new AbortController()
  #items: MemoryItems | undefined
  #isOver = false

  constructor(parts: MemoryStreamParts) {
    this.#parts = parts
  }

  async next(): Promise<IteratorResult<unknown>> {
    if (this.#isOver) return DONE
    try {
      this.#items ??= this.#parts.open(this.#gone.signal)
      const result = await this.#items.next()
      if (!result.done) return { done: false, value: this.#read(result.value) }
      if (result.value !== undefined) throw decodeError(result.value, this.#where)
      this.#end()
      return DONE
    } catch (error) {
      this.#end()
      this.#gone.abort(callerLeft())
      throw error
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#end()
    this.#gone.abort(callerLeft())
    return DONE
  }

  #read(text: string): unknown {
    const { maxItemBytes } = this.#parts
    const bytes = Buffer.byteLength(text)
    if (bytes <= maxItemBytes) return JSON.parse(text)
    const message = `${this.#where} sent an item of ${bytes} bytes, and ${maxItemBytes} are accepted; send smaller ones, or raise maxItemBytes`
    throw new RpcError('resource_exhausted', message)
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#parts.ended()
  }

  get #where(): string {
    const { call, id } = this.#parts
    return `${formatServiceKey(call.service)}/${call.method} at ${id}`
  }
}
