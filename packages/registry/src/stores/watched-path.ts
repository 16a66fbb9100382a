import { Cell, type Clock, type Entry, type Logger, type Watch } from '@kumquat/core'
import { printable } from '../printable.ts'
import type { Backend } from './backend.ts'

const RETRY_MS = 1_000

/** The children of one path, read again whenever they may have changed: at most one read at a time, none missed. */
export class WatchedPath implements Watch<readonly Entry[]> {
  readonly #path: string
  readonly #backend: Pick<Backend, 'list' | 'session'>
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #onClose: () => void
  readonly #entries = new Cell<readonly Entry[]>([])
  readonly #observation: Disposable
  #reading: Promise<void> | undefined
  #stale = false
  #closed = false
  #failing = false
  #retry: Disposable | undefined

  constructor(
    path: string,
    backend: Pick<Backend, 'list' | 'observe' | 'session'>,
    clock: Clock,
    logger: Logger,
    onClose: () => void,
  ) {
    this.#path = path
    this.#backend = backend
    this.#clock = clock
    this.#logger = logger
    this.#onClose = onClose
    this.#observation = backend.observe(path, () => void this.changed())
  }

  get current(): readonly Entry[] {
    return this.#entries.current
  }

  subscribe(listener: (entries: readonly Entry[]) => void): Disposable {
    return this.#entries.subscribe(listener)
  }

  /** Resolves once a read that began after this call is told. */
  refresh(): Promise<void> {
    this.#stale = true
    this.#reading ??= this.#readUntilFresh()
    return this.#reading
  }

  /** A refresh that never rejects, but tries again. */
  async changed(): Promise<void> {
    try {
      await this.refresh()
      this.#failing = false
    } catch (error) {
      if (!this.#closed) this.#retryLater(error)
    }
  }

  close(): void {
    this.#closed = true
    this.#observation[Symbol.dispose]()
    this.#retry?.[Symbol.dispose]()
    this.#onClose()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  async #readUntilFresh(): Promise<void> {
    try {
      while (this.#stale && !this.#closed) {
        this.#stale = false
        const entries = await this.#backend.list(this.#path)
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
