import { RpcError, type ServiceKey } from '@kumquat/core'
import { type Consumer, consumer } from '../consumer/consumer.ts'
import type { ConsumerOptions } from '../consumer/consumer-options.ts'
import { assertMethodName } from '../contract/method.ts'
import { ClientProxy, type ReadPacket, type WritePacket } from './nest.ts'

/** Those of a consumer, and the service that is called. */
export interface KumquatClientOptions extends ConsumerOptions, ServiceKey {
  /** Patterns that may be tried elsewhere though they may have run. Default none. */
  readonly idempotent?: readonly string[]
}

/**
 * Nest's way of calling, over a consumer: `client.send('getMovie', 42)`. The pattern is the method; an array is its arguments,
 * anything else the one argument. Unsubscribing cancels the call. For `ClientsModule`, as `customClass` with these options.
 */
export class KumquatClient extends ClientProxy {
  readonly #options: KumquatClientOptions
  #consumer: Promise<Consumer> | undefined

  constructor(options: KumquatClientOptions) {
    super()
    this.#options = options
  }

  connect(): Promise<Consumer> {
    const { app: _, group: __, idempotent: ___, ...options } = this.#options
    this.#consumer ??= consumer(options)
    return this.#consumer
  }

  async close(): Promise<void> {
    const open = await this.#consumer?.catch(() => undefined)
    this.#consumer = undefined
    await open?.[Symbol.asyncDispose]()
  }

  /** The consumer, a promise of it. Throws before `connect`. */
  unwrap<T = Promise<Consumer>>(): T {
    if (this.#consumer === undefined) throw new RpcError('failed_precondition', 'the client has not connected yet')
    return this.#consumer as T
  }

  protected publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const gone = new AbortController()
    this.#call(packet, gone.signal).then(
      (response) => callback({ response, isDisposed: true }),
      (err: unknown) => callback({ err, isDisposed: true }),
    )
    return () => gone.abort()
  }

  /** Resolves when a provider has taken it and is done. */
  protected async dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    return (await this.#call(packet)) as T
  }

  async #call({ pattern, data }: ReadPacket, signal?: AbortSignal): Promise<unknown> {
    const { app, group, idempotent = [] } = this.#options
    const method = assertMethodName(this.normalizePattern(pattern))
    const calls = await this.connect()
    const target = calls.client<Record<string, (...args: unknown[]) => unknown>>(
      { app, group, idempotent },
      signal && { signal },
    )
    return await target[method]!(...(Array.isArray(data) ? data : [data]))
  }
}
