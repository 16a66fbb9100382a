import { Cell, type Clock, type Entry, type Logger, type Watch } from '@kumquat/core'
import { printable } from '../printable.ts'
import type { Backend } from './backend.ts'
import { nowAndThen, type Rounds } from './now-and-then.ts'
import type { Pace } from './pace.ts'

const RETRY_MS = 1_000

/** What all watches of a store share. */
export interface Watching {
  readonly backend: Pick<Backend, 'list' | 'observe' | 'session'>
  readonly rounds: Rounds
  /** Of the entries that are read in the rounds. */
  readonly pace: Pace
  readonly logger: Logger
}

/**
 * The children of one path, read again whenever they may have changed: at most one read at a time, none missed. And read
 * again in rounds, all of them, for every backend loses a change now and then.
 */
export class WatchedPath implements Watch<readonly Entry[]> {
  readonly #path: string
  readonly #backend: Pick<Backend, 'list' | 'session'>
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #pace: Pace
  readonly #onClose: () => void
  readonly #entries = new Cell<readonly Entry[]>([])
  readonly #observation: Disposable
  readonly #round: Disposable
  #turn: Disposable | undefined
  #reading: Promise<void> | undefined
  /** What the next read has to be, if there has to be one. */
  #stale: 'no' | 'hinted' | 'all' = 'no'
  #closed = false
  #failing = false
  #retry: Disposable | undefined

  constructor(path: string, { backend, rounds, pace, logger }: Watching, onClose: () => void) {
    this.#path = path
    this.#backend = backend
    this.#clock = rounds.clock
    this.#logger = logger
    this.#pace = pace
    this.#onClose = onClose
    this.#observation = backend.observe(path, () => void this.changed(true))
    this.#round = nowAndThen(rounds, () => this.#awaitTurn())
  }

  get current(): readonly Entry[] {
    return this.#entries.current
  }

  subscribe(listener: (entries: readonly Entry[]) => void): Disposable {
    return this.#entries.subscribe(listener)
  }

  /** Resolves once a read that began after this call is told. `hinted` as in `Backend.list`. */
  refresh(hinted = false): Promise<void> {
    this.#stale = hinted && this.#stale !== 'all' ? 'hinted' : 'all'
    this.#reading ??= this.#readUntilFresh()
    return this.#reading
  }

  /** A refresh that never rejects, but tries again. */
  async changed(hinted = false): Promise<void> {
    try {
      await this.refresh(hinted)
      this.#failing = false
    } catch (error) {
      if (!this.#closed) this.#retryLater(error)
    }
  }

  close(): void {
    this.#closed = true
    this.#observation[Symbol.dispose]()
    this.#round[Symbol.dispose]()
    this.#turn?.[Symbol.dispose]()
    this.#retry?.[Symbol.dispose]()
    this.#onClose()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  /** A round that has not had its turn by the next one stands for both. */
  #awaitTurn(): void {
    if (this.#turn) return
    this.#turn = this.#clock.after(this.#pace.take(this.current.length), () => {
      this.#turn = undefined
      // When the line is down, its return begins the refresh.
      if (this.#backend.session.current === 'connected') void this.changed()
    })
  }

  async #readUntilFresh(): Promise<void> {
    try {
      while (this.#stale !== 'no' && !this.#closed) {
        const hinted = this.#stale === 'hinted'
        this.#stale = 'no'
        const entries = await this.#backend.list(this.#path, hinted)
        if (!this.#closed) this.#entries.set(keepUnchanged(this.#entries.current, entries))
      }
    } finally {
      this.#reading = undefined
    }
  }

  #retryLater(error: unknown): void {
    if (!this.#failing) {
      this.#logger.warn(
        { path: this.#path, error },
        `could not read ${printable(this.#path)} again; the last set stands`,
      )
    }
    this.#failing = true
    this.#retry?.[Symbol.dispose]()
    this.#retry = this.#clock.after(RETRY_MS, () => {
      // When the line is down, its return begins the refresh.
      if (this.#backend.session.current === 'connected') void this.changed()
    })
  }
}

/** Entries that did not change keep their identity; a set that did not change is the same array. */
function keepUnchanged(before: readonly Entry[], after: readonly Entry[]): readonly Entry[] {
  const known = new Map(before.map((entry) => [entry.name, entry]))
  const merged = after.map((entry) => {
    const old = known.get(entry.name)
    return old?.revision === entry.revision ? old : entry
  })
  return merged.length === before.length && merged.every((entry, i) => entry === before[i]) ? before : merged
}
