import { DONE } from '../streaming/done.ts'

/** An iterator that is had with the first item that is asked for, at once or later. Who leaves before has it not begin. */
export class LateIterator implements AsyncIterator<unknown> {
  readonly #open: () => AsyncIterator<unknown> | Promise<AsyncIterator<unknown>>
  #opened: Promise<AsyncIterator<unknown>> | undefined
  #iterator: AsyncIterator<unknown> | undefined
  #isOver = false

  constructor(open: () => AsyncIterator<unknown> | Promise<AsyncIterator<unknown>>) {
    this.#open = open
  }

  async next(): Promise<IteratorResult<unknown>> {
    if (this.#iterator !== undefined) return await this.#iterator.next()
    if (this.#isOver) return DONE
    try {
      this.#opened ??= Promise.resolve(this.#open())
      this.#iterator = await this.#opened
    } catch (error) {
      this.#isOver = true
      throw error
    }
    return this.#isOver ? DONE : await this.#iterator.next()
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#isOver = true
    await this.#iterator?.return?.()
    return DONE
  }
}
