import type { ServiceKey, StreamKind } from '@kumquat/core'
import type { Attachments } from '../context/attachments.ts'
import type { Remote, ServedCall } from '../transport.ts'
import type { Deadlines, Due } from '../waiting/deadlines.ts'
import type { EndsInTime } from '../waiting/ends-in-time.ts'

/** All that is known of a call when it arrives. Every field stands in the literal: one that is added later costs more than all. */
export interface Arrived extends Omit<ServedCall, 'signal' | 'attempt' | 'deadline' | 'stream'> {
  readonly attempt: number
  readonly deadline: number | undefined
  readonly stream: StreamKind | undefined
}

/** Who answers for a call that has arrived. */
export interface Answerer {
  readonly deadlines: Deadlines
  fail(error: unknown): void
}

/**
 * A call that has arrived. Its signal is made when somebody first asks for it, since that costs more than all the rest; so
 * it is no field of its own, and a copy by spread lacks it. `currentCall()` always has it.
 */
export class Arrival implements ServedCall, EndsInTime {
  readonly service: ServiceKey
  readonly method: string
  readonly args: readonly unknown[]
  readonly attachments: Attachments
  readonly idempotent: boolean
  readonly attempt: number
  readonly caller: string
  readonly arrived: ServedCall['arrived']
  readonly remote: Remote
  declare readonly deadline?: number
  declare readonly stream?: StreamKind
  readonly #answerer: Answerer | undefined
  #due: Due | undefined
  #gone: AbortController | undefined
  #isAbandoned = false
  #reason: unknown

  /** With no answerer, whoever waits for its reply sees to the time. */
  constructor(call: Arrived, answerer?: Answerer) {
    this.#answerer = answerer
    this.service = call.service
    this.method = call.method
    this.args = call.args
    this.attachments = call.attachments
    this.idempotent = call.idempotent
    this.attempt = call.attempt
    this.caller = call.caller
    this.arrived = call.arrived
    this.remote = call.remote
    if (call.deadline !== undefined) this.deadline = call.deadline
    if (call.stream !== undefined) this.stream = call.stream
  }

  get signal(): AbortSignal {
    if (this.#gone === undefined) {
      this.#gone = new AbortController()
      if (this.#isAbandoned) this.#gone.abort(this.#reason)
    }
    return this.#gone.signal
  }

  endAt(at: number, late: () => Error): boolean {
    const answerer = this.#answerer
    if (answerer === undefined) return false
    this.#due = answerer.deadlines.add(at, () => answerer.fail(late()))
    return true
  }

  /** It has its answer. */
  settle(): void {
    this.#due?.[Symbol.dispose]()
  }

  /** Nobody waits for it any more. */
  abandon(reason: unknown): void {
    this.#isAbandoned = true
    this.#reason = reason
    this.#gone?.abort(reason)
  }
}
