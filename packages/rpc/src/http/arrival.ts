import type { ServiceKey, StreamKind } from '@kumquat/core'
import type { Attachments } from '../context/attachments.ts'
import type { Remote, ServedCall } from '../transport.ts'

/** All that is known of a call when it arrives. Every field stands in the literal: one that is added later costs more than all. */
export interface Arrived extends Omit<ServedCall, 'signal' | 'attempt' | 'deadline' | 'stream'> {
  readonly attempt: number
  readonly deadline: number | undefined
  readonly stream: StreamKind | undefined
}

/**
 * A call that has arrived. Its signal is made when somebody first asks for it, since that costs more than all the rest; so
 * it is no field of its own, and a copy by spread lacks it. `currentCall()` always has it.
 */
export class Arrival implements ServedCall {
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
  #gone: AbortController | undefined
  #isAbandoned = false
  #reason: unknown

  constructor(call: Arrived) {
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

  /** Nobody waits for it any more. */
  abandon(reason: unknown): void {
    this.#isAbandoned = true
    this.#reason = reason
    this.#gone?.abort(reason)
  }
}
