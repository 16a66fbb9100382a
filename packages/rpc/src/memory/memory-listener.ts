import { laneOf, type Reply, RpcError } from '@kumquat/core'
import type { Listener, ListenOptions, ServedCall } from '../transport.ts'
import { bounded } from '../waiting/bounded.ts'

/** The serving end of the memory transport. */
export class MemoryListener implements Listener {
  readonly port: number
  readonly #options: ListenOptions
  readonly #closed: () => void
  readonly #inFlight = new Set<Promise<unknown>>()
  #lastCallAt: number
  #state: 'serving' | 'leaving' | 'refusing' = 'serving'

  constructor(port: number, options: ListenOptions, closed: () => void) {
    this.port = port
    this.#options = options
    this.#closed = closed
    this.#lastCallAt = options.clock.now()
  }

  get lastCallAt(): number {
    return this.#lastCallAt
  }

  get isLeaving(): boolean {
    return this.#state !== 'serving' || this.#options.readiness?.() === 'away'
  }

  async run(call: ServedCall): Promise<Reply> {
    if (this.#state === 'refusing') {
      throw new RpcError('unavailable', 'this provider has stopped: ask another', { outcome: 'not-run' })
    }
    this.#lastCallAt = this.#options.clock.now()
    const running = this.#observed(call)
    const settled = running.catch(() => {}).finally(() => this.#inFlight.delete(settled))
    this.#inFlight.add(settled)
    return await running
  }

  leave(): void {
    if (this.#state === 'serving') this.#state = 'leaving'
  }

  async close(drainTimeoutMs: number): Promise<void> {
    this.#state = 'refusing'
    const { clock } = this.#options
    const answered = Promise.all(this.#inFlight)
    await bounded(answered, { clock, ms: drainTimeoutMs, otherwise: () => undefined }).catch(() => {})
    this.#closed()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close(0)
  }

  async #observed(call: ServedCall): Promise<Reply> {
    const { serve, observer, clock } = this.#options
    if (observer === undefined) return await serve(call)
    const { service, method, caller } = call
    const start = { kind: 'served', service, method, lane: laneOf(call), caller } as const
    const startedAt = clock.now()
    observer.started(start)
    try {
      const reply = await serve(call)
      const code = call.signal?.aborted ? 'canceled' : 'ok'
      observer.ended({ ...start, code, durationMs: clock.now() - startedAt })
      return reply
    } catch (error) {
      const code = call.signal?.aborted ? 'canceled' : RpcError.is(error) ? error.code : 'unknown'
      observer.ended({ ...start, code, durationMs: clock.now() - startedAt })
      throw error
    }
  }
}
