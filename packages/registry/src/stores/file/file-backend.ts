import {
  Cell,
  type Clock,
  type Entry,
  every,
  type Revision,
  RpcError,
  type SessionState,
  uniqueId,
  type WriteOptions,
} from '@kumquat/core'
import type { Backend, ClaimMode } from '../backend.ts'
import { changedMeanwhile, hasChildren, heldByAnother, storeClosed } from '../refusals.ts'
import { tellSession } from '../session-story.ts'
import type { FileEntry } from './file-entry.ts'
import { folderOf } from './file-name.ts'
import { FileSession } from './file-session.ts'
import { FileTree } from './file-tree.ts'
import { folderHint } from './folder-hint.ts'
import { folderError } from './io-error.ts'
import { SessionWatch } from './session-watch.ts'

export interface FileBackendOptions {
  readonly dir: string
  readonly leaseMs: number
  readonly maxValueBytes: number
  readonly clock: Clock
}

/** How often the session is renewed and watched folders are read: a change is seen that much later, at the latest. */
const PULSE_MS = 400

/** Entries as files, sessions as files with a lease: see docs/reference/registry.md. */
export class FileBackend implements Backend {
  readonly session: Cell<SessionState> = new Cell<SessionState>('connected')
  readonly #dir: string
  readonly #restored: () => Promise<void>
  readonly #own: FileSession
  readonly #sessions: SessionWatch
  readonly #tree: FileTree
  readonly #pulse: Disposable
  readonly #observers = new Set<() => void>()
  readonly #held = new Set<string>()
  readonly #busy = new Set<Promise<unknown>>()

  constructor({ dir, leaseMs, maxValueBytes, clock }: FileBackendOptions, restored: () => Promise<void>) {
    this.#dir = dir
    this.#restored = restored
    this.#own = new FileSession(dir, leaseMs, clock, () => this.#set('lost'))
    this.#sessions = new SessionWatch(dir, clock)
    this.#tree = new FileTree(dir, maxValueBytes, clock, this.#own, this.#sessions)
    this.#pulse = every(clock, PULSE_MS, () => this.#tracked(this.#beat()))
  }

  get(path: string): Promise<Entry | undefined> {
    return this.#run(() => this.#tree.get(path))
  }

  list(path: string): Promise<readonly Entry[]> {
    return this.#run(() => this.#tree.list(path))
  }

  put(path: string, value: string, { ifRevision }: WriteOptions): Promise<Revision> {
    return this.#run(async () => {
      const next = { value, revision: uniqueId() }
      await this.#tree.write(path, (standing) => {
        expect(path, standing, ifRevision)
        return next
      })
      return next.revision
    })
  }

  delete(path: string, { ifRevision }: WriteOptions): Promise<void> {
    return this.#run(async () => {
      if ((await this.#tree.list(path)).length > 0) throw hasChildren(path)
      await this.#tree.delete(path, (standing) => expect(path, standing, ifRevision))
    })
  }

  claim(path: string, value: string, how: ClaimMode): Promise<void> {
    return this.#run(async () => {
      this.#held.add(path)
      const session = await this.#own.id()
      await this.#tree.write(path, (standing) => {
        const holder = standing?.session
        if (how !== 'replace' && holder !== undefined && holder !== session) {
          throw heldByAnother(path, this.#sessions.describe(holder))
        }
        return { value, revision: uniqueId(), session }
      })
    })
  }

  release(path: string): Promise<void> {
    return this.#run(async () => {
      await this.#tree.release(path)
      this.#held.delete(path)
    })
  }

  holds(path: string, value: string): Promise<boolean> {
    return this.#run(() => this.#tree.holds(path, value))
  }

  observe(path: string, changed: () => void): Disposable {
    const hint = folderHint(folderOf(this.#dir, path), changed)
    const look = (): void => {
      hint.renew()
      changed()
    }
    this.#observers.add(look)
    return {
      [Symbol.dispose]: () => {
        this.#observers.delete(look)
        hint[Symbol.dispose]()
      },
    }
  }

  observeEntry(path: string, changed: () => void): Disposable {
    return this.observe(path.slice(0, path.lastIndexOf('/')) || '/', changed)
  }

  async close(): Promise<void> {
    this.session.set('closed')
    this.#pulse[Symbol.dispose]()
    await Promise.allSettled(this.#busy)
    await Promise.allSettled([...this.#held].map((path) => this.#tree.release(path)))
    // A folder that is gone by now holds nothing of ours.
    await this.#own.end().catch(() => {})
  }

  /** Renews the session, looks whether anything changed, and tidies up. Never rejects. */
  async #beat(): Promise<void> {
    try {
      await this.#own.renew()
      await this.#tree.check()
      if (this.session.current !== 'connected') {
        await this.#restored()
        this.#set('connected')
      }
      // A mere reader leaves no trace.
      if (this.#own.active) await this.#tree.tidy()
    } catch {
      this.#set('suspended')
    }
    for (const look of [...this.#observers]) look()
  }

  async #run<T>(task: () => Promise<T>): Promise<T> {
    if (this.session.current === 'closed') throw storeClosed()
    try {
      return await this.#tracked(task())
    } catch (error) {
      const told = folderError(error, this.#dir)
      if (told !== error && RpcError.is(told) && told.code === 'unavailable') this.#set('suspended')
      throw told
    }
  }

  /** Whoever closes waits for it. */
  async #tracked<T>(running: Promise<T>): Promise<T> {
    this.#busy.add(running)
    try {
      return await running
    } finally {
      this.#busy.delete(running)
    }
  }

  #set(state: SessionState): void {
    tellSession(this.session, state)
  }
}

function expect(path: string, standing: FileEntry | undefined, revision: Revision | null | undefined): void {
  if (revision !== undefined && revision !== (standing?.revision ?? null)) throw changedMeanwhile(path)
}
