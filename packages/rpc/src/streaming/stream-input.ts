import { AsyncLocalStorage } from 'node:async_hooks'
import { DONE } from './done.ts'

/**
 * What a consumer sends, on its way to whoever reads it: opened by the first item asked for, closed once. It runs in the
 * context it was made in, not in that of its reader.
 */
export class StreamInput implements AsyncIterable<unknown> {
  readonly #source: AsyncIterable<unknown>
  readonly #failed: (error: unknown) => void
  readonly #inside = AsyncLocalStorage.snapshot()
  #iterator: AsyncIterator<unknown> | undefined
  #isClosed = false
  #waiting: ((reason: unknown) => void) | undefined

  constructor(source: AsyncIterable<unknown>, failed: (error: unknown) => void) {
    this.#source = source
    this.#failed = failed
  }

  /** Whether anything was asked of it: then a second reader would miss what the first one has. */
  get isTouched(): boolean {
    return this.#iterator !== undefined
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.close()
        return DONE
      },
    }
  }

  /** Who still waits for an item gets the reason, or the end if there is none. */
  close(reason?: unknown): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#waiting?.(reason)
    const iterator = this.#iterator
    if (iterator !== undefined) void this.#inside(async () => iterator.return?.()).catch(() => {})
  }

  #next(): Promise<IteratorResult<unknown>> {
    if (this.#isClosed) return Promise.resolve(DONE)
    return new Promise((resolve, reject) => {
      this.#waiting = (reason) => (reason === undefined ? resolve(DONE) : reject(reason))
      this.#ask().then(
        (result) => {
          if (result.done) this.#isClosed = true
          resolve(result)
        },
        (error: unknown) => {
          reject(error)
          if (this.#isClosed) return
          this.#isClosed = true
          this.#failed(error)
        },
      )
    })
  }

  async #ask(): Promise<IteratorResult<unknown>> {
    return await this.#inside(() => {
      this.#iterator ??= this.#source[Symbol.asyncIterator]()
      return this.#iterator.next()
    })
  }
}
