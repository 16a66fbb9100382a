import {
  Cell,
  type Clock,
  type Entry,
  type Logger,
  type Revision,
  RpcError,
  type SessionState,
  sleep,
  type WriteOptions,
} from '@kumquat/core'
import { printable } from '../../printable.ts'
import type { Backend, ClaimMode } from '../backend.ts'
import { heldByAnother } from '../refusals.ts'
import { tellSession } from '../session-story.ts'
import { EntrySet } from './entry-set.ts'
import { explained } from './explained.ts'
import { Link, type LinkOptions } from './link.ts'
import type { SessionNews } from './protocol.ts'

/**
 * How long an exclusive claim waits for the session that holds the path to end, in time-outs of ours: a dead session ends
 * within its own time-out and one tick of the server, which is at most half of that.
 */
const PATIENCE_TIMEOUTS = 1.5
const LOOK_AGAIN_MS = 200
const OURS = 8

type Observers = Map<string, Set<() => void>>

/** ZooKeeper, through a link: what is held is made again and what is watched is read again whenever the link is back. */
export class ZookeeperBackend implements Backend {
  readonly session: Cell<SessionState> = new Cell<SessionState>('suspended')
  readonly #link: Link
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #restored: () => Promise<void>
  readonly #observers: Observers = new Map()
  readonly #entryObservers: Observers = new Map()
  /** What the child has told of the paths that are observed. */
  readonly #sets = new Map<string, EntrySet>()
  /** Our sessions, the one of now first. What the others left behind needs no leave to be replaced. */
  #ours: readonly string[] = []
  #connections = 0

  constructor(options: LinkOptions, clock: Clock, logger: Logger, restored: () => Promise<void>) {
    this.#clock = clock
    this.#logger = logger
    this.#restored = restored
    this.#link = new Link(options, clock, logger, {
      session: (news) => void this.#session(news),
      changed: (path) => this.#changed(path),
    })
  }

  async get(path: string): Promise<Entry | undefined> {
    const entry = await explained(path, this.#link.ask<'get'>({ op: 'get', path }, { repeatable: true }))
    return entry ?? undefined
  }

  async list(path: string, hinted = false): Promise<readonly Entry[]> {
    if (!this.#observers.has(path)) {
      return explained(path, this.#link.ask<'list'>({ op: 'list', path }, { repeatable: true }))
    }
    const set = this.#sets.get(path) ?? new EntrySet()
    this.#sets.set(path, set)
    const question = { op: 'watch', path, hinted, ...set.known } as const
    return set.learn(await explained(path, this.#link.ask<'watch'>(question, { repeatable: true })))
  }

  put(path: string, value: string, options: WriteOptions): Promise<Revision> {
    return explained(path, this.#link.ask<'put'>({ op: 'put', path, value, ...options }, { repeatable: false }))
  }

  async delete(path: string, options: WriteOptions): Promise<void> {
    await explained(path, this.#link.ask<'delete'>({ op: 'delete', path, ...options }, { repeatable: false }))
  }

  async claim(path: string, value: string, how: ClaimMode): Promise<void> {
    let since: number | undefined
    for (;;) {
      const question = { op: 'claim', path, value, replace: how === 'replace', ours: this.#ours } as const
      const holder = await explained(path, this.#link.ask<'claim'>(question, { repeatable: true }))
      if (holder === null) return
      const patienceMs = how === 'keep' ? 0 : PATIENCE_TIMEOUTS * this.#link.sessionTimeoutMs
      if (since === undefined && patienceMs > 0) {
        this.#logger.info({ path, holder, patienceMs }, `waiting for ${printable(path)}: left behind, or in use?`)
      }
      since ??= this.#clock.now()
      if (this.#clock.now() - since >= patienceMs) throw heldByAnother(path, `session 0x${holder}`)
      await sleep(this.#clock, LOOK_AGAIN_MS)
    }
  }

  async release(path: string): Promise<void> {
    // Whoever stops shall not wait for a line that is down: the session's end, or the line's return, does the same.
    if (!this.#link.isUp) throw new RpcError('unavailable', 'no connection to ZooKeeper', { outcome: 'not-run' })
    await explained(path, this.#link.ask<'release'>({ op: 'release', path }, { repeatable: false }))
  }

  holds(path: string, value: string): Promise<boolean> {
    return explained(path, this.#link.ask<'holds'>({ op: 'holds', path, value }, { repeatable: true }))
  }

  observe(path: string, changed: () => void): Disposable {
    return added(this.#observers, path, changed, () => {
      this.#sets.delete(path)
      this.#link.forget(path)
    })
  }

  observeEntry(path: string, changed: () => void): Disposable {
    return added(this.#entryObservers, path, changed)
  }

  async close(): Promise<void> {
    this.session.set('closed')
    await this.#link.close()
  }

  /** The news is of a node that was listed, or of a child of one. */
  #changed(path: string): void {
    const parent = path.slice(0, path.lastIndexOf('/')) || '/'
    const observers = [this.#observers.get(path), this.#observers.get(parent), this.#entryObservers.get(path)]
    for (const changed of observers.flatMap((some) => [...(some ?? [])])) changed()
  }

  async #session(news: SessionNews): Promise<void> {
    if (this.session.current === 'closed') return
    if (news.state === 'connected') {
      this.#connections += 1
      this.#ours = [news.id, ...this.#ours.filter((id) => id !== news.id)].slice(0, OURS)
      const connection = this.#connections
      await this.#restored()
      if (connection === this.#connections && this.#link.isUp) tellSession(this.session, 'connected')
    } else {
      tellSession(this.session, news.state)
    }
  }
}

function added(observers: Observers, path: string, changed: () => void, last?: () => void): Disposable {
  const some = observers.get(path) ?? new Set()
  observers.set(path, some.add(changed))
  return {
    [Symbol.dispose]() {
      if (!some.delete(changed) || some.size > 0) return
      observers.delete(path)
      last?.()
    },
  }
}
