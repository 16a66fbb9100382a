import { type Clock, type Invocation, RpcError, remainingMs } from '@kumquat/core'

export interface GateOptions {
  readonly max: number
  readonly queue: number
  readonly clock: Clock
}

/** Names a call, for people. */
export type Where = (invocation: Invocation) => string

interface Waiter {
  readonly invocation: Invocation
  admit(): void
  refuse(error: RpcError): void
}

/** Lets so many in at a time; the others wait in a bounded queue. */
export class Gate {
  readonly #options: GateOptions
  /** First come first. */
  readonly #waiting = new Set<Waiter>()
  #inside = 0

  constructor(options: GateOptions) {
    this.#options = options
  }

  get isFull(): boolean {
    return this.#inside === this.#options.max
  }

  get isIdle(): boolean {
    return this.#inside === 0
  }

  /** Whether the gate is full by this one. */
  enter(): boolean {
    this.#inside++
    return this.isFull
  }

  /** Whether it was full, and is no more: the place goes to the first in the queue, if there is one. */
  leave(): boolean {
    const [first] = this.#waiting
    if (first !== undefined) {
      first.admit()
      return false
    }
    const wasFull = this.isFull
    this.#inside--
    return wasFull
  }

  /** Resolves with a place inside. Rejects with `RpcError`, `not-run`, when that cannot be or may be no more. */
  turn(invocation: Invocation, where: Where): Promise<void> {
    const { queue, clock } = this.#options
    const { signal } = invocation
    if (signal?.aborted) return Promise.reject(canceled(invocation, where))
    const leftMs = remainingMs(invocation, clock)
    if (leftMs <= 0) return Promise.reject(late(invocation, where))
    if (this.#waiting.size >= queue) return Promise.reject(this.#tooMany(invocation, where))
    return new Promise((resolve, reject) => {
      const abort = (): void => waiter.refuse(canceled(invocation, where))
      const out = (): void => {
        this.#waiting.delete(waiter)
        timer?.[Symbol.dispose]()
        signal?.removeEventListener('abort', abort)
      }
      const waiter: Waiter = {
        invocation,
        admit() {
          out()
          resolve()
        },
        refuse(error) {
          out()
          reject(error)
        },
      }
      const timer = Number.isFinite(leftMs)
        ? clock.after(leftMs, () => waiter.refuse(late(invocation, where)))
        : undefined
      signal?.addEventListener('abort', abort)
      this.#waiting.add(waiter)
    })
  }

  /** Sends away who waits. Those inside stay. */
  close(where: Where): void {
    for (const waiter of this.#waiting) {
      const message = `${where(waiter.invocation)} was not sent: the peer has left while the call waited for a place; ask another`
      waiter.refuse(notRun('unavailable', message))
    }
  }

  #tooMany(invocation: Invocation, where: Where): RpcError {
    const { max, queue } = this.#options
    const message = `${where(invocation)} was not sent: ${max} calls are under way and ${queue} wait; ask another peer, call less, or raise the limits`
    return notRun('resource_exhausted', message)
  }
}

function late(invocation: Invocation, where: Where): RpcError {
  const message = `${where(invocation)} was not sent: its time was over before there was a place for it; allow it more, or raise the limits`
  return notRun('deadline_exceeded', message)
}

function canceled(invocation: Invocation, where: Where): RpcError {
  const message = `${where(invocation)} was canceled by its caller before there was a place for it`
  return notRun('canceled', message, invocation.signal?.reason)
}

const notRun = (code: RpcError['code'], message: string, cause?: unknown): RpcError =>
  new RpcError(code, message, { outcome: 'not-run', cause })
