import { formatServiceKey, type Invocation, type Reply, RpcError } from '@kumquat/core'
import { afterOthers } from '../waiting/after-others.ts'
import type { Deadlines, Due } from '../waiting/deadlines.ts'
import { onAbort } from '../waiting/on-abort.ts'

/** What a call needs of the line it goes over. */
export interface CallLine {
  readonly peer: string
  readonly deadlines: Deadlines
  /** Nobody waits for the answer any more. True if the call had not begun to leave. */
  giveUp(id: number): boolean
}

/** A call that waits for its answer. It settles once: by that, by the end of the line, its deadline, or its caller. */
export class WaitingCall {
  readonly #invocation: Invocation
  readonly #line: CallLine
  readonly #resolve: (reply: Reply) => void
  readonly #reject: (error: unknown) => void
  #id = 0
  #number = 0
  #due: Due | undefined
  #abort: Disposable | undefined

  constructor(
    invocation: Invocation,
    line: CallLine,
    resolve: (reply: Reply) => void,
    reject: (error: unknown) => void,
  ) {
    this.#invocation = invocation
    this.#line = line
    this.#resolve = resolve
    this.#reject = reject
  }

  get where(): string {
    const { service, method } = this.#invocation
    return `${formatServiceKey(service)}/${method} at ${this.#line.peer}`
  }

  /** Among the texts of its line. */
  get number(): number {
    return this.#number
  }

  began(id: number, number: number): void {
    this.#id = id
    this.#number = number
    const { deadline, signal } = this.#invocation
    if (deadline !== undefined && deadline < Number.POSITIVE_INFINITY)
      this.#due = this.#line.deadlines.add(deadline, () => this.#expire())
    if (signal !== undefined) this.#abort = onAbort(signal, () => this.#cancel())
  }

  succeed(value: unknown): void {
    this.#leave()
    this.#resolve({ value })
  }

  /** To read the answer took long, and what its caller does with it may. */
  succeedSoon(value: unknown): void {
    this.#leave()
    afterOthers(() => this.#resolve({ value }))
  }

  fail(error: unknown): void {
    this.#leave()
    this.#reject(error)
  }

  #expire(): void {
    const outcome = this.#line.giveUp(this.#id) ? 'not-run' : 'unknown'
    const message = `${this.where} did not answer until the deadline of the call; allow it more time, or see what holds it up`
    this.fail(new RpcError('deadline_exceeded', message, { outcome }))
  }

  #cancel(): void {
    const outcome = this.#line.giveUp(this.#id) ? 'not-run' : 'unknown'
    const cause: unknown = this.#invocation.signal?.reason
    this.fail(new RpcError('canceled', `${this.where} was canceled by its caller`, { outcome, cause }))
  }

  #leave(): void {
    this.#due?.[Symbol.dispose]()
    this.#abort?.[Symbol.dispose]()
  }
}
