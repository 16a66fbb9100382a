import { type Clock, type Held, type Logger, RpcError } from '@kumquat/core'
import { printable } from '../printable.ts'
import type { Backend, ClaimMode } from './backend.ts'
import { heldByAnother } from './refusals.ts'
import { Turns } from './turns.ts'

interface Wanted {
  value: string
  /** Whether it has stood there before: only then can it be healed. */
  made: boolean
}

const RETRY_MS = 1_000

/**
 * The ephemeral entries that this process wants to stand. All work on one path takes turns, and each turn looks at what is
 * wanted by then: so an entry that was given up is never brought back by a healing that had begun before.
 */
export class HeldEntries {
  readonly #backend: Pick<Backend, 'claim' | 'release' | 'session'>
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #wanted = new Map<string, Wanted>()
  /** Given up while the backend was away: to be removed when it is back. */
  readonly #unwanted = new Set<string>()
  readonly #turns = new Turns()
  #retry: Disposable | undefined
  /** Of these it has been said that they are not as they should be. */
  readonly #troubled = new Set<string>()

  constructor(backend: Pick<Backend, 'claim' | 'release' | 'session'>, clock: Clock, logger: Logger) {
    this.#backend = backend
    this.#clock = clock
    this.#logger = logger
  }

  /** `check` is run on the value of every later update. A second hold of a path takes it over from the first. */
  async hold(
    path: string,
    value: string,
    exclusive: boolean,
    check: (path: string, value: string) => unknown,
  ): Promise<Held> {
    const before = this.#wanted.get(path)
    if (before && exclusive) throw heldByAnother(path, 'this very process')
    const wanted: Wanted = { value, made: false }
    this.#wanted.set(path, wanted)
    this.#unwanted.delete(path)
    try {
      await this.#inTurn(path, async () => {
        await this.#claim(path, wanted, exclusive ? 'exclusive' : 'replace')
        wanted.made = true
      })
    } catch (error) {
      if (this.#wanted.get(path) === wanted) void this.#giveUp(path)
      throw error
    }
    return {
      path,
      update: async (next) => {
        check(path, next)
        if (this.#wanted.get(path) !== wanted) throw notHeld(path)
        wanted.value = next
        await this.#inTurn(path, () => this.#claim(path, wanted, 'keep'))
      },
      [Symbol.asyncDispose]: async () => {
        if (this.#wanted.get(path) === wanted) await this.#giveUp(path)
      },
    }
  }

  /** Makes again what is wanted and removes what is not; tries again later what fails. Never rejects. */
  async heal(): Promise<void> {
    this.#retry?.[Symbol.dispose]()
    const made = [...this.#wanted].filter(([, wanted]) => wanted.made)
    const claims = made.map(([path, wanted]) =>
      this.#inTurn(path, () => this.#claim(path, wanted, 'keep')).catch((error: unknown) =>
        this.#retryLater(path, error),
      ),
    )
    await Promise.all([...claims, ...[...this.#unwanted].map((path) => this.#remove(path))])
  }

  /** Wants nothing any more. The entries themselves end with the session of the backend. */
  close(): void {
    this.#wanted.clear()
    this.#unwanted.clear()
    this.#retry?.[Symbol.dispose]()
  }

  async #claim(path: string, wanted: Wanted, how: ClaimMode): Promise<void> {
    if (this.#wanted.get(path) === wanted) await this.#backend.claim(path, wanted.value, how)
  }

  #giveUp(path: string): Promise<void> {
    this.#wanted.delete(path)
    this.#unwanted.add(path)
    return this.#remove(path)
  }

  /** Never rejects: what cannot be removed now is removed when the backend is back, or ends with the session. */
  async #remove(path: string): Promise<void> {
    const remove = async (): Promise<void> => {
      if (this.#unwanted.has(path)) await this.#backend.release(path)
      this.#unwanted.delete(path)
    }
    await this.#inTurn(path, remove).catch((error: unknown) => this.#retryLater(path, error))
  }

  #retryLater(path: string, error: unknown): void {
    if (this.#wanted.size + this.#unwanted.size === 0) return
    if (!this.#troubled.has(path)) {
      this.#logger.warn({ path, error }, `held entry ${printable(path)} is not as it should be yet; trying again`)
    }
    this.#troubled.add(path)
    this.#retry?.[Symbol.dispose]()
    this.#retry = this.#clock.after(RETRY_MS, () => {
      // When the line is down, its return begins the healing.
      if (this.#backend.session.current === 'connected') void this.heal()
    })
  }

  async #inTurn(path: string, task: () => Promise<void>): Promise<void> {
    await this.#turns.take(path, task)
    this.#troubled.delete(path)
  }
}

const notHeld = (path: string): RpcError =>
  new RpcError('failed_precondition', `${printable(path)} is no longer held here; hold it again`, {
    outcome: 'not-run',
  })
