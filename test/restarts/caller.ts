import { every, systemClock } from '@kumquat/core'
import type { Client } from '@kumquat/rpc'
import type { TILL } from './contract.ts'
import type { RestartsOptions } from './options.ts'

/** How a call ended, and after how long. */
export interface CallEnd {
  readonly id: number
  readonly durationMs: number
  readonly error?: string
}

/** Calls at a rate, whatever becomes of the calls before; every other call may not be repeated. */
export class Caller {
  readonly #till: Client<typeof TILL>
  readonly #beat: Disposable
  readonly #pending = new Set<Promise<void>>()
  readonly #ends: CallEnd[] = []
  #made = 0

  constructor(till: Client<typeof TILL>, { load, rate }: Pick<RestartsOptions, 'load' | 'rate'>) {
    this.#till = till
    const startedAt = systemClock.now()
    const [periodMs, behindMs] = load === 'edge' ? [EDGE_PERIOD_MS, EDGE_PERIOD_MS] : [10, 100]
    this.#beat = every(systemClock, periodMs, () => {
      const due = Math.floor(((systemClock.now() - startedAt) * rate) / 1_000)
      // What a busy machine was too late for is not made up for by a flood.
      const most = this.#made + Math.ceil((behindMs * rate) / 1_000)
      const until = Math.min(due, most)
      while (this.#made < until) this.#call(this.#made++)
    })
  }

  /** Stops, waits for the last call, and tells of all of them. */
  async end(): Promise<readonly CallEnd[]> {
    this.#beat[Symbol.dispose]()
    await Promise.all(this.#pending)
    return this.#ends
  }

  #call(id: number): void {
    const at = systemClock.now()
    const ended = (error?: string): void => {
      this.#pending.delete(call)
      this.#ends.push({ id, durationMs: systemClock.now() - at, ...(error !== undefined && { error }) })
    }
    const call = (id % 2 === 0 ? this.#till.sell(id) : this.#till.price(id)).then(
      (answer) => ended(answer === id ? undefined : `${id} was answered by ${answer}`),
      (error: unknown) => ended(String(error)),
    )
    this.#pending.add(call)
  }
}

/** Our consumer closes an idle connection 2 s before the 3 s are over that the providers of this load allow. */
const EDGE_PERIOD_MS = 1_000
