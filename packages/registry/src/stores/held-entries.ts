import { type Clock, type Held, type Logger, RpcError } from '@kumquat/core'
import { printable } from '../printable.ts'
import type { Backend, ClaimMode } from './backend.ts'
import { CONTEST_MS, CONTEST_REMOVALS, Contest } from './contest.ts'
import { nowAndThen, type Rounds } from './now-and-then.ts'
import { heldByAnother } from './refusals.ts'
import { Turns } from './turns.ts'

interface Wanted {
  value: string
  /** Whether it has stood there before: only then can it be healed. */
  made: boolean
  /** Whether an audit of it is on its way. */
  doubted: boolean
  readonly contest: Contest
}

type HoldingBackend = Pick<Backend, 'claim' | 'get' | 'holds' | 'observeEntry' | 'release' | 'session'>

const RETRY_MS = 1_000

/**
 * The ephemeral entries that this process wants to stand. All work on one path takes turns, and each turn looks at what is
 * wanted by then: so an entry that was given up is never brought back by a healing that had begun before.
 *
 * Each is audited in rounds, and at once when the backend sees it touched: what another hand has removed or altered is
 * restored, unless that hand goes on and on. What a living successor has taken over is his.
 */
export class HeldEntries {
  readonly #backend: HoldingBackend
  readonly #rounds: Rounds
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #wanted = new Map<string, Wanted>()
  /** What looks after each path: the rounds, and the eye of the backend. */
  readonly #guards = new Map<string, readonly Disposable[]>()
  /** Given up while the backend was away: to be removed when it is back. */
  readonly #unwanted = new Set<string>()
  readonly #turns = new Turns()
  #retry: Disposable | undefined
  /** Of these it has been said that they are not as they should be. */
  readonly #troubled = new Set<string>()

  constructor(backend: HoldingBackend, rounds: Rounds, logger: Logger) {
    this.#backend = backend
    this.#rounds = rounds
    this.#clock = rounds.clock
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
    const wanted: Wanted = { value, made: false, doubted: false, contest: new Contest(this.#clock) }
    this.#wanted.set(path, wanted)
    this.#unwanted.delete(path)
    try {
      await this.#inTurn(path, async () => {
        await this.#claim(path, wanted, exclusive ? 'exclusive' : 'replace')
        wanted.made = true
        this.#guard(path)
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
    const made = [...this.#wanted].filter(([, { made, contest }]) => made && !contest.yields)
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
    for (const path of [...this.#guards.keys()]) this.#unguard(path)
  }

  #guard(path: string): void {
    if (!this.#wanted.has(path) || this.#guards.has(path)) return
    const doubt = (): void => void this.#audit(path)
    const guards = [nowAndThen(this.#rounds, doubt), this.#backend.observeEntry?.(path, doubt)]
    this.#guards.set(
      path,
      guards.filter((guard) => guard !== undefined),
    )
  }

  #unguard(path: string): void {
    for (const guard of this.#guards.get(path) ?? []) guard[Symbol.dispose]()
    this.#guards.delete(path)
  }

  /** Restores the entry if another hand has removed or altered it. Never rejects. */
  async #audit(path: string): Promise<void> {
    const wanted = this.#wanted.get(path)
    // When the line is down, its return begins the healing.
    if (!wanted?.made || wanted.doubted || this.#backend.session.current !== 'connected') return
    wanted.doubted = true
    const look = async (): Promise<void> => {
      wanted.doubted = false
      if (this.#wanted.get(path) !== wanted || wanted.contest.yields) return
      // Who cannot be asked now will be asked in the next round.
      if (await this.#stands(path, wanted.value).catch(() => true)) return
      if (wanted.contest.isLost()) {
        this.#logger.warn({ path }, yieldsTo(path))
        return
      }
      await this.#claim(path, wanted, 'keep')
      wanted.contest.restored()
      this.#logger.info({ path }, `held entry ${printable(path)} had been removed or altered by another hand; restored`)
    }
    await this.#inTurn(path, look).catch((error: unknown) => this.#retryLater(path, error))
  }

  async #stands(path: string, value: string): Promise<boolean> {
    if (this.#backend.holds) return this.#backend.holds(path, value)
    return (await this.#backend.get(path))?.value === value
  }

  async #claim(path: string, wanted: Wanted, how: ClaimMode): Promise<void> {
    if (this.#wanted.get(path) === wanted) await this.#backend.claim(path, wanted.value, how)
  }

  #giveUp(path: string): Promise<void> {
    this.#wanted.delete(path)
    this.#unguard(path)
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

const yieldsTo = (path: string): string =>
  `held entry ${printable(path)} was removed or altered by another hand ${CONTEST_REMOVALS} times within ` +
  `${CONTEST_MS / 1_000} s; it has its way for as long again`

const notHeld = (path: string): RpcError =>
  new RpcError('failed_precondition', `${printable(path)} is no longer held here; hold it again`, {
    outcome: 'not-run',
  })
