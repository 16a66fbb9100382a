import { type Clock, type Invocation, type Reply, RpcError, type RpcErrorCode, remainingMs } from '@kumquat/core'
import type { Arrival, SimulatedServer } from './simulated-server.ts'

export interface Way {
  readonly clock: Clock
  readonly server: SimulatedServer
  /** How long the network takes for it now, in ms. */
  readonly networkMs: () => number
  /** Told when nobody listened at the other end. */
  readonly unreachable: () => void
}

/** One attempt at one server, over a network: ends with the answer, or when the caller has given up. */
export function attempt(way: Way, invocation: Invocation): Promise<Reply> {
  return new Promise((resolve, reject) => new Attempt(way, invocation, resolve, reject).send())
}

class Attempt implements Arrival {
  readonly #way: Way
  readonly #invocation: Invocation
  readonly #resolve: (reply: Reply) => void
  readonly #reject: (error: RpcError) => void
  #isOver = false
  #timeout: Disposable | undefined

  constructor(way: Way, invocation: Invocation, resolve: (reply: Reply) => void, reject: (error: RpcError) => void) {
    this.#way = way
    this.#invocation = invocation
    this.#resolve = resolve
    this.#reject = reject
  }

  send(): void {
    const { clock, server } = this.#way
    const { signal, deadline } = this.#invocation
    server.attempts++
    server.pending++
    const leftMs = remainingMs(this.#invocation, clock)
    if (signal?.aborted) this.#giveUp('canceled', 'not-run')
    else if (leftMs <= 0) this.#giveUp('deadline_exceeded', 'not-run')
    else {
      signal?.addEventListener('abort', this)
      if (deadline !== undefined)
        this.#timeout = clock.after(leftMs, () => this.#giveUp('deadline_exceeded', 'unknown'))
      this.#travel(() => server.receive(this))
    }
  }

  get isAbandoned(): boolean {
    return this.#isOver
  }

  done(): void {
    if (!this.#isOver) this.#travel(() => this.#end() && this.#resolve({ value: this.#way.server.record.id }))
  }

  failed(error: RpcError): void {
    if (!this.#isOver) this.#travel(() => this.#end() && this.#reject(error))
  }

  refused(): void {
    const { server, unreachable } = this.#way
    unreachable()
    this.failed(new RpcError('unavailable', `${server.record.id} refused the connection`, { outcome: 'not-run' }))
  }

  /** The caller's signal aborts. */
  handleEvent(): void {
    this.#giveUp('canceled', 'unknown')
  }

  #giveUp(code: RpcErrorCode, outcome: 'not-run' | 'unknown'): void {
    const { id } = this.#way.server.record
    if (this.#end()) this.#reject(new RpcError(code, `${id} did not answer in time`, { outcome }))
  }

  #travel(arrive: () => void): void {
    const { clock, networkMs } = this.#way
    const ms = networkMs()
    if (ms > 0) clock.after(ms, arrive)
    else arrive()
  }

  /** Whether it was not over before. */
  #end(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#way.server.pending--
    this.#timeout?.[Symbol.dispose]()
    this.#invocation.signal?.removeEventListener('abort', this)
    return true
  }
}
