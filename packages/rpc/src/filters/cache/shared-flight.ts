import {
  type Clock,
  formatServiceKey,
  type Invocation,
  type Reply,
  RpcError,
  remainingMs,
  type Service,
} from '@kumquat/core'
import { bounded } from '../../waiting/bounded.ts'

/** One call under way that several wait for, each for as long as it will. It is ended when nobody waits any more. */
export class SharedFlight {
  readonly deadline: number
  readonly reply: Promise<Reply>
  readonly #clock: Clock
  readonly #abandoned = new AbortController()
  readonly #onAbandoned: () => void
  #waiting = 0

  constructor(next: Service<Invocation, Reply>, call: Invocation, clock: Clock, onAbandoned: () => void) {
    const { signal: _, ...shared } = call
    this.deadline = call.deadline ?? Number.POSITIVE_INFINITY
    this.#clock = clock
    this.#onAbandoned = onAbandoned
    this.reply = next({ ...shared, signal: this.#abandoned.signal })
    // Whoever waits is told; when nobody does, nobody needs to be.
    this.reply.catch(() => {})
  }

  /** From now on it goes on though nobody waits. */
  keep(): void {
    this.#waiting++
  }

  /** Waits for the reply within the deadline and the signal of this call, which is otherwise the same as the first. */
  async join(call: Invocation): Promise<Reply> {
    const leftMs = remainingMs(call, this.#clock)
    this.#waiting++
    try {
      return await bounded(this.reply, {
        clock: this.#clock,
        signal: call.signal,
        otherwise: () => gaveUp(call),
        ...(Number.isFinite(leftMs) && { ms: leftMs }),
      })
    } finally {
      this.#waiting--
      if (this.#waiting === 0) {
        this.#onAbandoned()
        this.#abandoned.abort(gaveUp(call))
      }
    }
  }
}

function gaveUp({ service, method, signal }: Invocation): RpcError {
  const name = `${formatServiceKey(service)}/${method}`
  return signal?.aborted
    ? new RpcError('canceled', `${name} was canceled by its caller`, { outcome: 'unknown', cause: signal.reason })
    : new RpcError('deadline_exceeded', `${name} did not answer until the deadline of the call`, { outcome: 'unknown' })
}
