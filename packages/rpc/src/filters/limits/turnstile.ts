import { type Clock, formatServiceKey, RpcError, remainingMs } from '@kumquat/core'
import type { ServedCall } from '../../transport.ts'
import { onAbort } from '../../waiting/on-abort.ts'
import { PRIORITIES, type Priority, priorityOf } from './priority.ts'
import { shed } from './shed.ts'

export interface TurnstileOptions {
  /** Calls inside at a time. */
  readonly max: number
  /** Calls that may wait at a time. */
  readonly queue: number
  /** Nobody waits for longer, in ms. */
  readonly waitMs: number
  readonly retryAfterMs: number
  readonly clock: Clock
}

interface Waiter {
  readonly call: ServedCall
  admit(): void
  refuse(error: RpcError): void
}

/** Lets so many calls in at a time. The others wait, bounded in number and time: the urgent before the rest, else the first. */
export class Turnstile {
  readonly #options: TurnstileOptions
  readonly #waiting = new Map<Priority, Set<Waiter>>(PRIORITIES.map((priority) => [priority, new Set()]))
  #max: number
  #inside = 0
  #queued = 0

  constructor(options: TurnstileOptions) {
    this.#options = options
    this.#max = options.max
  }

  get inside(): number {
    return this.#inside
  }

  get queued(): number {
    return this.#queued
  }

  /** Those inside stay when it shrinks; those waiting come in when it grows. */
  set max(max: number) {
    this.#max = max
    this.#fill()
  }

  /** Whether there was a place at once. */
  enter(): boolean {
    if (this.#inside >= this.#max) return false
    this.#inside++
    return true
  }

  leave(): void {
    this.#inside--
    this.#fill()
  }

  /** Resolves with a place inside. Rejects with `RpcError`, `not-run`, when that cannot be or may be no more. */
  turn(call: ServedCall): Promise<void> {
    const { queue, waitMs, clock } = this.#options
    const { signal } = call
    if (signal?.aborted) return Promise.reject(left(call))
    if (this.#queued >= queue && !this.#giveWay(priorityOf(call))) return Promise.reject(this.#tooMany(call))
    const waiting = this.#waiting.get(priorityOf(call))!
    return new Promise((resolve, reject) => {
      const out = (): void => {
        waiting.delete(waiter)
        this.#queued--
        timer[Symbol.dispose]()
        abort?.[Symbol.dispose]()
      }
      const waiter: Waiter = {
        call,
        admit: () => {
          out()
          this.#inside++
          resolve()
        },
        refuse: (error) => {
          out()
          reject(error)
        },
      }
      const leftMs = remainingMs(call, clock)
      const refusal = leftMs <= waitMs ? () => late(call) : () => this.#tooLong(call)
      const timer = clock.after(Math.min(leftMs, waitMs), () => waiter.refuse(refusal()))
      const abort = signal && onAbort(signal, () => waiter.refuse(left(call)))
      waiting.add(waiter)
      this.#queued++
    })
  }

  #fill(): void {
    while (this.#queued > 0 && this.#inside < this.#max) this.#first().admit()
  }

  #first(): Waiter {
    for (const waiting of this.#waiting.values()) for (const waiter of waiting) return waiter
    throw new Error('nobody waits')
  }

  /** Sends the last one of the least urgent away, if that is less urgent than `priority`. */
  #giveWay(priority: Priority): boolean {
    for (const least of [...PRIORITIES].reverse()) {
      if (least === priority) return false
      const last = [...this.#waiting.get(least)!].at(-1)
      if (last === undefined) continue
      last.refuse(this.#tooMany(last.call))
      return true
    }
    return false
  }

  #tooMany(call: ServedCall): RpcError {
    const why = `${this.#inside} calls are under way here, and ${this.#queued} wait that are first`
    return shed(call, why, this.#options.retryAfterMs)
  }

  #tooLong(call: ServedCall): RpcError {
    const { waitMs, retryAfterMs } = this.#options
    return shed(call, `there was no place for it within ${waitMs} ms`, retryAfterMs)
  }
}

function late({ service, method }: ServedCall): RpcError {
  const message = `${formatServiceKey(service)}/${method} was not run: its time was over before there was a place for it; allow it more, or raise the limit`
  return new RpcError('deadline_exceeded', message, { outcome: 'not-run' })
}

function left({ service, method, signal }: ServedCall): RpcError {
  const message = `${formatServiceKey(service)}/${method} was not run: its caller left before there was a place for it`
  return new RpcError('canceled', message, { outcome: 'not-run', cause: signal?.reason })
}
