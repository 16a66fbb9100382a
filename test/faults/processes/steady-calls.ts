import { every, RpcError, systemClock } from '@kumquat/core'
import type { Client } from '@kumquat/rpc'
import type { ECHO } from './echo.ts'
import { type Calls, NO_CALLS } from './messages.ts'

const PERIOD_MS = 10
const EXAMPLES = 3

/** One call every 10 ms, whatever became of those before it. */
export class SteadyCalls {
  readonly #client: Client<typeof ECHO>
  #beat: Disposable | undefined
  #calls = NO_CALLS

  constructor(client: Client<typeof ECHO>) {
    this.#client = client
  }

  get calls(): Calls {
    return this.#calls
  }

  start(): void {
    this.#beat ??= every(systemClock, PERIOD_MS, () => void this.#call())
  }

  stop(): void {
    this.#beat?.[Symbol.dispose]()
    this.#beat = undefined
  }

  async #call(): Promise<void> {
    const made = this.#calls.made + 1
    this.#calls = { ...this.#calls, made }
    try {
      const answer = await this.#client.echo(made)
      if (answer !== made) throw new Error(`${made} was answered by ${answer}`)
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    const { failed, forWant, examples, made } = this.#calls
    const wanted = RpcError.is(error) && error.code === 'unavailable' && NOBODY.test(error.message)
    this.#calls = {
      made,
      failed: failed + 1,
      forWant: forWant + (wanted ? 1 : 0),
      examples: [...examples, String(error)].slice(-EXAMPLES),
    }
  }
}

const NOBODY = /no provider|no peer|nobody/i
