import { once } from 'node:events'
import { RpcError, sleep, systemClock } from '@kumquat/core'
import { currentCall, method, service } from '@kumquat/rpc'

/** The streams that transports are tried with. It notes what happens in it, in order. */
@service({ app: 'trial', group: 'feeds' })
export class Feeds {
  readonly events: string[] = []
  /** Items made, by all streams. */
  made = 0
  /** The signal of the last stream. */
  signal: AbortSignal | undefined
  #resume: () => void = () => {}
  readonly #released = new Promise<void>((resolve) => {
    this.#resume = resolve
  })

  @method({ stream: 'server', check: (items) => Number.isInteger(items) || 'items must be an integer' })
  async *count(items: number): AsyncGenerator<number> {
    yield* this.#noted('count', items, (n) => n)
  }

  /** Short and long ones in turn. */
  @method({ stream: 'server' })
  async *mixed(items: number, size: number): AsyncGenerator<string> {
    for (let n = 0; n < items; n++) yield `${n}:${'é'.repeat(n % 2 === 0 ? 1 : size)}`
  }

  /** Without end. */
  @method({ stream: 'server' })
  async *blocks(size: number): AsyncGenerator<string> {
    yield* this.#noted('blocks', Number.POSITIVE_INFINITY, () => 'x'.repeat(size))
  }

  /** One item, and then nothing until `release()` or its end. */
  @method({ stream: 'server' })
  async *held(): AsyncGenerator<string> {
    this.events.push('held entered')
    const signal = currentCall()!.signal!
    this.signal = signal
    try {
      yield 'first'
      await Promise.race([this.#released, aborted(signal)])
      yield 'last'
    } finally {
      this.events.push(signal.aborted ? 'held aborted' : 'held closed')
    }
  }

  @method({ stream: 'server' })
  async *failing(after: number): AsyncGenerator<number> {
    yield* this.#noted('failing', after, (n) => n)
    throw new Error('the password is 1234')
  }

  @method({ stream: 'server' })
  async *refusing(after: number): AsyncGenerator<number> {
    yield* this.#noted('refusing', after, (n) => n)
    const details = [{ type: 'feed' }]
    throw new RpcError('not_found', 'no such feed', { outcome: 'not-run', retryable: true, retryAfterMs: 50, details })
  }

  @method({ stream: 'server' })
  async *values(...values: unknown[]): AsyncGenerator<unknown> {
    yield* values
  }

  @method({ stream: 'server' })
  async *cannotTravel(): AsyncGenerator<unknown> {
    this.signal = currentCall()!.signal!
    try {
      yield 1
      yield { length: 10n }
    } finally {
      this.events.push('cannotTravel closed')
    }
  }

  /** What the current call is, before and after whatever can lose it. */
  @method({ stream: 'server' })
  async *context(): AsyncGenerator<unknown> {
    const seen = (): unknown => {
      const { caller, attachments, method } = currentCall()!
      return { caller, attachments, method }
    }
    yield seen()
    await sleep(systemClock, 1)
    yield seen()
    await new Promise((resolve) => setImmediate(resolve))
    yield* [seen(), seen()]
  }

  @method({ stream: 'server' })
  async later(items: number): Promise<AsyncIterable<number>> {
    return this.count(items)
  }

  @method({ stream: 'server' })
  nothing(): unknown {
    return [1, 2]
  }

  @method()
  iterable(): unknown {
    return this.count(1)
  }

  @method()
  plain(): string {
    this.events.push('plain')
    return 'plain'
  }

  @method({ stream: 'client' })
  async sum(start: number, numbers: AsyncIterable<number>): Promise<number> {
    let sum = start
    this.signal = currentCall()!.signal!
    try {
      for await (const number of numbers) sum += number
      return sum
    } finally {
      this.events.push(this.signal.aborted ? 'sum aborted' : 'sum closed')
    }
  }

  /** Takes as many as it was told, and no more. */
  @method({ stream: 'client' })
  async first(most: number, items: AsyncIterable<unknown>): Promise<unknown[]> {
    const taken: unknown[] = []
    if (most === 0) return taken
    for await (const item of items) if (taken.push(item) === most) break
    return taken
  }

  /** Takes one, and the rest from `release()` on. */
  @method({ stream: 'client' })
  async slowly(items: AsyncIterable<unknown>): Promise<number> {
    let taken = 0
    for await (const item of items) {
      if (item !== undefined) taken++
      if (taken === 1) await this.#released
    }
    return taken
  }

  /** Notes what it was sent, and what it was told instead of more. */
  @method({ stream: 'client' })
  async noting(texts: AsyncIterable<string>): Promise<void> {
    try {
      for await (const text of texts) this.events.push(`${text.length} chars`)
    } catch (error) {
      this.events.push(RpcError.is(error) ? error.code : String(error))
      throw error
    }
  }

  @method({ stream: 'both' })
  async *double(numbers: AsyncIterable<number>): AsyncGenerator<number> {
    this.signal = currentCall()!.signal!
    try {
      for await (const number of numbers) yield 2 * number
    } finally {
      this.events.push(this.signal.aborted ? 'double aborted' : 'double closed')
    }
  }

  release(): void {
    this.#resume()
  }

  async *#noted<T>(name: string, items: number, item: (n: number) => T): AsyncGenerator<T> {
    const signal = currentCall()!.signal!
    this.signal = signal
    this.events.push(`${name} entered`)
    try {
      for (let n = 0; n < items; n++) {
        this.made++
        yield item(n)
      }
    } finally {
      this.events.push(signal.aborted ? `${name} aborted` : `${name} closed`)
    }
  }
}

/** Resolves when the signal has aborted. */
export async function aborted(signal: AbortSignal | undefined): Promise<void> {
  if (signal !== undefined && !signal.aborted) await once(signal, 'abort')
}
