import { RpcError, type RpcErrorCode } from '@kumquat/core'
import { encodeError } from '../http/error-body.ts'
import { encodeReply } from '../http/reply-body.ts'
import { STATUS_OF } from '../http/wire.ts'
import { onAbort } from '../waiting/on-abort.ts'
import type { MemoryAnswer } from './memory-listener.ts'
import type { MemoryRequest } from './memory-request.ts'

export interface MemoryItemsParts {
  readonly request: MemoryRequest
  /** Aborts when nobody reads it any more, and when its provider cuts it. */
  readonly left: AbortSignal
  /** Begins the stream at the provider. Throws what keeps it from that. */
  readonly open: () => AsyncIterator<unknown>
  /** Puts an error of the provider into words. */
  readonly said: (error: unknown) => RpcError
  /** Told once, when it has ended. */
  readonly ended: (code: RpcErrorCode | 'ok') => void
}

/** What crosses back of a stream: the JSON of each item, and at the end nothing, or the answer that says what went wrong. */
export class MemoryItems implements AsyncIterator<string, MemoryAnswer | undefined> {
  readonly #parts: MemoryItemsParts
  readonly #left: Disposable
  #source: AsyncIterator<unknown> | undefined
  #isOver = false

  constructor(parts: MemoryItemsParts) {
    this.#parts = parts
    const { left } = parts
    this.#left = onAbort(left, () => this.#end(RpcError.is(left.reason) ? left.reason.code : 'canceled'))
  }

  async next(): Promise<IteratorResult<string, MemoryAnswer | undefined>> {
    const { request, open, said } = this.#parts
    try {
      this.#source ??= open()
      const result = await this.#source.next()
      if (!result.done) return { done: false, value: encodeReply(result.value, request) }
      this.#end('ok')
      return { done: true, value: undefined }
    } catch (thrown) {
      const error = said(thrown)
      this.#end(error.code)
      void this.#source?.return?.()
      return { done: true, value: { status: STATUS_OF[error.code], text: encodeError(error, request) } }
    }
  }

  #end(code: RpcErrorCode | 'ok'): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#left[Symbol.dispose]()
    this.#parts.ended(code)
  }
}
