import { type Clock, type Logger, type ProviderRecord, providerRecord, RpcError, type ServiceKey } from '@kumquat/core'
import type { Registration } from '@kumquat/registry'
import type { Readiness } from '../transport.ts'

/** One service, and what is advertised of it. */
export interface Advertisement {
  readonly service: ServiceKey
  readonly record: ProviderRecord
}

/** Registers all of them or none. Rejects with the reason of `signal` once it aborts. */
export type Enter = (records: readonly Advertisement[], signal: AbortSignal) => Promise<readonly Registration[]>

export interface PresenceOptions {
  readonly records: readonly Advertisement[]
  readonly enter: Enter
  /** Whether the provider is well before its first health check. */
  readonly isWell: boolean
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Keeps a provider in the registry while it is wanted there and well, and out of it otherwise. Steps are taken one at a time,
 * each towards what is wanted by then; one that fails is taken again. Disposing it leaves for good.
 */
export class Presence implements AsyncDisposable {
  readonly #options: PresenceOptions
  #records: readonly Advertisement[]
  #registrations: readonly Registration[] = []
  #isWanted = false
  #isWell: boolean
  #isOver = false
  #isIn = false
  #wasIn = false
  #triesAgain = true
  #turn: Promise<unknown> = Promise.resolve()
  /** Gives up the registration under way, for good: what it began is undone behind our back. */
  #entering: AbortController | undefined
  #retry: Disposable | undefined

  constructor(options: PresenceOptions) {
    this.#options = options
    this.#records = options.records
    this.#isWell = options.isWell
  }

  get readiness(): Readiness {
    if (this.#isOver) return 'leaving'
    if (this.#isIn && this.#belongsIn) return 'ready'
    return this.#wasIn ? 'away' : 'starting'
  }

  async register(): Promise<void> {
    if (this.#isOver) throw over()
    this.#isWanted = true
    await this.#reach()
    if (this.#isOver) throw over()
    if (!this.#isWanted) throw withdrawn()
  }

  /** As `register`, for a start that fails with it: it is not tried again. */
  async registerOnce(): Promise<void> {
    this.#triesAgain = false
    await this.register()
    this.#triesAgain = true
  }

  async unregister(): Promise<void> {
    this.#isWanted = false
    await this.#reach()
  }

  /** What the provider's health check says. */
  feel(isWell: boolean): void {
    this.#isWell = isWell
    // What fails is logged, and tried again.
    this.#reach().catch(() => {})
  }

  /** Changes what is advertised: now, or when it is next. */
  async update(change: Partial<ProviderRecord>): Promise<void> {
    if (this.#isOver) throw over()
    this.#records = this.#records.map(({ service, record }) => ({
      service,
      record: providerRecord({ ...record, ...change }),
    }))
    // The registration under way does not know of it.
    if (this.#entering !== undefined) await this.#turn
    await Promise.all(this.#registrations.map((registration) => registration.update(change)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.#reach()
  }

  get #belongsIn(): boolean {
    return this.#isWanted && this.#isWell && !this.#isOver
  }

  #reach(): Promise<void> {
    this.#retry?.[Symbol.dispose]()
    if (this.#isOver) this.#entering?.abort(over())
    const step = this.#turn.then(() => this.#approach())
    this.#turn = step.catch((error: unknown) => this.#tryLater(error))
    return step
  }

  async #approach(): Promise<void> {
    while (this.#isIn !== this.#belongsIn) {
      if (this.#belongsIn) await this.#enter()
      else await this.#leave()
    }
  }

  async #enter(): Promise<void> {
    const entering = new AbortController()
    this.#entering = entering
    try {
      this.#registrations = await this.#options.enter(this.#records, entering.signal)
      this.#isIn = true
      this.#wasIn = true
    } catch (error) {
      if (!entering.signal.aborted) throw error
    } finally {
      this.#entering = undefined
    }
  }

  async #leave(): Promise<void> {
    const registrations = this.#registrations
    this.#registrations = []
    await Promise.all(registrations.map((registration) => registration[Symbol.asyncDispose]()))
    this.#isIn = false
  }

  #tryLater(error: unknown): void {
    if (!this.#belongsIn || !this.#triesAgain) return
    const { clock, logger } = this.#options
    logger.warn({ error }, `not registered; trying again in ${RETRY_MS / 1_000} s`)
    this.#retry?.[Symbol.dispose]()
    this.#retry = clock.after(RETRY_MS, () => {
      this.#reach().catch(() => {})
    })
  }
}

/** As Dubbo waits between two registrations that fail. */
const RETRY_MS = 5_000

const over = (): RpcError =>
  new RpcError('failed_precondition', 'this provider has stopped, or is about to; make a new one', {
    outcome: 'not-run',
  })

const withdrawn = (): RpcError =>
  new RpcError('canceled', 'not registered: unregister() was called meanwhile', { outcome: 'not-run' })
