import { type Invocation, type Reply, RpcError } from '@kumquat/core'
import type { Peer } from '../peer.ts'
import type { Targets } from '../strategy.ts'
import { graver } from './repeatable.ts'

export interface RaceOptions {
  /** Told of each failure while the race is open; is to `send` another, to `giveUp`, or to wait for the others. */
  readonly failed: (error: unknown, race: Race) => void
  /** Told once, when the race is over. */
  readonly ended?: () => void
  /** Runs one attempt. Default: the peer does. */
  readonly run?: (peer: Peer, invocation: Invocation) => Promise<Reply>
}

/**
 * Several attempts of one call at different peers, side by side. The first reply ends it and calls off the others through
 * their signal, as the caller's own signal calls off all. Holds no listener once it is over.
 */
export class Race {
  readonly reply: Promise<Reply>
  readonly #targets: Targets
  readonly #invocation: Invocation
  readonly #options: RaceOptions
  readonly #runners = new AbortController()
  readonly #tried = new Set<string>()
  #settle!: { readonly resolve: (reply: Reply) => void; readonly reject: (error: unknown) => void }
  #running = 0
  #over = false
  #failure: unknown

  constructor(targets: Targets, invocation: Invocation, options: RaceOptions) {
    this.#targets = targets
    this.#invocation = invocation
    this.#options = options
    this.reply = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    invocation.signal?.addEventListener('abort', this.#callerLeft)
    if (invocation.signal?.aborted) this.#callerLeft()
  }

  /** Attempts begun. */
  get sent(): number {
    return this.#tried.size
  }

  /** Attempts not yet ended. */
  get running(): number {
    return this.#running
  }

  /** Whether there is a peer not tried so far. */
  get isAnyLeft(): boolean {
    return this.#targets.candidates(this.#invocation).some(({ record }) => !this.#tried.has(record.id))
  }

  /** Begins an attempt at a peer not tried so far. False if nobody is left; if that is the first, the call fails. */
  send(): boolean {
    if (this.sent > 0 && !this.isAnyLeft) return false
    const attempt = (this.#invocation.attempt ?? 1) + this.sent
    try {
      const candidates = this.#targets.candidates(this.#invocation)
      const peer = this.#targets.pick(candidates, this.#invocation, this.#tried)
      this.#tried.add(peer.record.id)
      void this.#run(peer, {
        ...this.#invocation,
        ...(this.sent > 1 && { attempt }),
        signal: this.#runners.signal,
      })
      return true
    } catch (error) {
      this.#failure = graver(this.#failure, error)
      this.giveUp()
      return false
    }
  }

  /** Ends with the gravest failure so far, as `tell` puts it. Calls off who still runs. */
  giveUp(tell: (failure: unknown) => unknown = (failure) => failure): void {
    if (this.#end()) this.#settle.reject(tell(this.#failure))
  }

  async #run(peer: Peer, invocation: Invocation): Promise<void> {
    // Asynchronous even if a peer throws: nobody is told of a failure while he still sends.
    const { run = async (one, own) => one.invoke(own) } = this.#options
    this.#running++
    try {
      const reply = await run(peer, invocation)
      this.#running--
      if (this.#end()) this.#settle.resolve(reply)
    } catch (error) {
      this.#running--
      if (this.#over) return
      this.#failure = graver(this.#failure, error)
      this.#options.failed(error, this)
    }
  }

  /** Whether it was open. */
  #end(): boolean {
    if (this.#over) return false
    this.#over = true
    this.#invocation.signal?.removeEventListener('abort', this.#callerLeft)
    if (this.#running > 0) this.#runners.abort(new Superseded())
    this.#options.ended?.()
    return true
  }

  readonly #callerLeft = (): void => {
    this.#runners.abort(this.#invocation.signal?.reason)
    if (this.#running === 0 && this.#failure !== undefined) this.giveUp()
  }
}

/** Why an attempt is called off that is no longer needed. */
export class Superseded extends RpcError {
  constructor() {
    super('canceled', 'another attempt of the same call has ended it')
  }
}
