import { RpcError, type Streamer, type StreamInvocation, silent } from '@kumquat/core'
import { DONE } from '../streaming/done.ts'
import { onceIterable } from '../streaming/once-iterable.ts'
import { admit } from './admission.ts'
import type { DispatchOptions } from './dispatch.ts'
import { type Found, finder } from './finder.ts'
import { assertReply } from './reply-check.ts'
import { thrownBy } from './thrown-by.ts'

/**
 * The innermost end of a stream: the items are what the method yields, or the one thing that it returns. Errors are those
 * of `dispatch()`, after the items that came before.
 */
export function dispatchStream({ offers, logger, validateReplies = true }: DispatchOptions): Streamer {
  const find = finder(offers)
  return (call) => onceIterable(call, () => new Run({ call, find, logger, validateReplies }))
}

interface RunParts extends Required<Omit<DispatchOptions, 'offers'>> {
  readonly call: StreamInvocation
  readonly find: ReturnType<typeof finder>
}

/** One run of a streaming method, entered with the first item that is asked for. */
class Run implements AsyncIterator<unknown> {
  readonly #parts: RunParts
  #entered: Promise<AsyncIterator<unknown>> | undefined
  #found: Found | undefined
  #isLeft = false

  constructor(parts: RunParts) {
    this.#parts = parts
  }

  async next(): Promise<IteratorResult<unknown>> {
    const { call, find, logger, validateReplies } = this.#parts
    if (this.#found === undefined) {
      this.#found = find(call)
      const { method, name } = this.#found
      // Checks and schemas see the arguments; what streams in comes after them, as it comes.
      const own = await admit({ method, name, args: call.args, logger })
      if (this.#isLeft) return DONE
      this.#entered = entered(call, this.#found, own)
    }
    const found = this.#found
    try {
      const iterator = await this.#entered
      const result = (await iterator?.next()) ?? DONE
      const { output: schema } = found.method
      if (validateReplies && schema !== undefined && !result.done) {
        await assertReply(result.value, { schema, name: found.name, logger })
      }
      return result
    } catch (error) {
      // What a method throws because nobody listens any more is nothing to tell.
      throw thrownBy(found, error, this.#isLeft ? silent : logger)
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#isLeft = true
    try {
      const iterator = await this.#entered
      await iterator?.return?.()
    } catch (error) {
      if (this.#found !== undefined) thrownBy(this.#found, error, this.#parts.logger)
    }
    return DONE
  }
}

async function entered(
  { stream, input }: StreamInvocation,
  { method, name }: Found,
  args: readonly unknown[],
): Promise<AsyncIterator<unknown>> {
  const returned = method.run(input === undefined ? args : [...args, input])
  if (stream === 'client') return alone(returned)
  const made: unknown = await returned
  if (typeof made === 'object' && made !== null && Symbol.asyncIterator in made) {
    return (made as AsyncIterable<unknown>)[Symbol.asyncIterator]()
  }
  throw new RpcError('internal', `${name} is declared a stream, and returned no AsyncIterable: write it as async *`)
}

async function* alone(reply: unknown): AsyncGenerator<unknown> {
  yield await reply
}
