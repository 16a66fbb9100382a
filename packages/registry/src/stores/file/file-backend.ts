import {
  Cell,
  type Clock,
  type Entry,
  every,
  type Revision,
  RpcError,
  type SessionState,
  sleep,
  uniqueId,
  type WriteOptions,
} from '@kumquat/core'
import { printable } from '../../printable.ts'
import type { Backend } from '../backend.ts'
import { changedMeanwhile, hasChildren, heldByAnother, storeClosed } from '../refusals.ts'
import { EntryFiles } from './entry-files.ts'
import type { FileEntry } from './file-entry.ts'
import { folderOf } from './file-name.ts'
import { FileSession } from './file-session.ts'
import { folderHint } from './folder-hint.ts'
import { folderError } from './io-error.ts'
import { SessionWatch } from './session-watch.ts'

export interface FileBackendOptions {
  readonly dir: string
  readonly leaseMs: number
  readonly maxValueBytes: number
  readonly clock: Clock
}

/** How often a session is renewed and a watched folder read: the bound of the time after which a change is seen. */
const PULSE_MS = 400
/** How long a write waits for a process that is in the middle of its own. */
const BUSY_MS = 5_000
const BUSY_LOOK_MS = 5

/** What stands where there is only a folder with children. */
const FOLDER: FileEntry = { value: '', revision: 'folder' }

/** Entries as files, sessions as files with a lease: see docs/reference/registry.md. */
export class FileBackend implements Backend {
  readonly session: Cell<SessionState> = new Cell<SessionState>('connected')
  readonly #dir: string
  readonly #clock: Clock
  readonly #restored: () => Promise<void>
  readonly #lease: FileSession
  readonly #sessions: SessionWatch
  readonly #files: EntryFiles
  readonly #pulse: Disposable
  readonly #observers = new Set<() => void>()
  readonly #held = new Set<string>()
  /** Found with a session that is over; removed at the next pulse. */
  readonly #leftovers = new Map<string, FileEntry>()
  readonly #busy = new Set<Promise<unknown>>()

  constructor({ dir, leaseMs, maxValueBytes, clock }: FileBackendOptions, restored: () => Promise<void>) {
    this.#dir = dir
    this.#clock = clock
    this.#restored = restored
    this.#lease = new FileSession(dir, leaseMs, clock, () => this.session.set('lost'))
    this.#sessions = new SessionWatch(dir, clock)
    this.#files = new EntryFiles(dir, maxValueBytes, this.#lease, this.#sessions)
    this.#pulse = every(clock, PULSE_MS, () => this.#beat())
  }

  get(path: string): Promise<Entry | undefined> {
    return this.#run(() => this.#get(path))
  }

  list(path: string): Promise<readonly Entry[]> {
    return this.#run(() => this.#list(path))
  }

  put(path: string, value: string, { ifRevision }: WriteOptions): Promise<Revision> {
    return this.#run(async () => {
      const next = { value, revision: uniqueId() }
      await this.#write(path, (standing) => {
        if (ifRevision !== undefined && ifRevision !== (standing?.revision ?? null)) throw changedMeanwhile(path)
        return next
      })
      return next.revision
    })
  }

  delete(path: string, { ifRevision }: WriteOptions): Promise<void> {
    return this.#run(async () => {
      if ((await this.#list(path)).length > 0) throw hasChildren(path)
      await this.#write(path, (standing) => {
        if (ifRevision !== undefined && ifRevision !== (standing?.revision ?? null)) throw changedMeanwhile(path)
        return undefined
      })
      await this.#removeLeftovers()
      await this.#files.removeFolder(path)
    })
  }

  claim(path: string, value: string, exclusive: boolean): Promise<void> {
    return this.#run(async () => {
      this.#held.add(path)
      const session = await this.#lease.id()
      await this.#write(path, (standing) => {
        const holder = standing?.session
        if (exclusive && holder !== undefined && holder !== session) {
          throw heldByAnother(path, this.#sessions.describe(holder))
        }
        return { value, revision: uniqueId(), session }
      })
    })
  }

  release(path: string): Promise<void> {
    return this.#run(() => this.#release(path))
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

  async close(): Promise<void> {
    this.session.set('closed')
    this.#pulse[Symbol.dispose]()
    await Promise.allSettled(this.#busy)
    await Promise.allSettled([...this.#held].map((path) => this.#release(path)))
    // A folder that is gone by now holds nothing of ours.
    await this.#lease.end().catch(() => {})
  }

  async #get(path: string): Promise<Entry | undefined> {
    const found = await this.#files.read(path)
    const standing = found && (await this.#stands(path, found)) ? found : await this.#folder(path)
    return standing && { path, name: nameOf(path), value: standing.value, revision: standing.revision }
  }

  async #list(path: string): Promise<readonly Entry[]> {
    const names = await this.#files.names(path)
    const entries = await Promise.all(names.map((name) => this.#get(`${path === '/' ? '' : path}/${name}`)))
    return entries.filter((entry) => entry !== undefined)
  }

  /** Puts what `decide` answers in the place of what stands there, whoever else is writing. */
  async #write(path: string, decide: (standing: FileEntry | undefined) => FileEntry | undefined): Promise<void> {
    const bound = this.#clock.now() + BUSY_MS
    for (;;) {
      const found = await this.#files.read(path)
      const stands = found !== undefined && (await this.#stands(path, found))
      const next = decide(stands ? found : await this.#folder(path))
      if (await this.#files.replace(path, found, next)) return
      if (this.#clock.now() > bound) throw stuck(path)
      await sleep(this.#clock, BUSY_LOOK_MS)
    }
  }

  async #release(path: string): Promise<void> {
    if (this.#lease.active) {
      const session = await this.#lease.id()
      for (let found = await this.#files.read(path); found?.session === session; found = await this.#files.read(path)) {
        if (await this.#files.replace(path, found, undefined)) break
        await sleep(this.#clock, BUSY_LOOK_MS)
      }
    }
    this.#held.delete(path)
  }

  async #folder(path: string): Promise<FileEntry | undefined> {
    return (await this.#files.hasFolder(path)) ? FOLDER : undefined
  }

  /** Whether an entry counts: it is persistent, or its holder is alive. */
  async #stands(path: string, { session, ...rest }: FileEntry): Promise<boolean> {
    if (session === undefined || (this.#lease.active && session === (await this.#lease.id()))) return true
    const health = await this.#sessions.health(session)
    if (health === 'over') this.#leftovers.set(path, { session, ...rest })
    return health === 'alive'
  }

  /** Renews the session, looks whether anything changed, and tidies up after the dead. Never rejects. */
  async #beat(): Promise<void> {
    try {
      await this.#lease.renew()
      await this.#files.hasFolder('/')
      if (this.session.current === 'lost' || this.session.current === 'suspended') {
        await this.#restored()
        this.#set('connected')
      }
      if (this.#lease.active) await this.#removeLeftovers()
    } catch {
      this.#set('suspended')
    }
    for (const look of [...this.#observers]) look()
  }

  async #removeLeftovers(): Promise<void> {
    const leftovers = [...this.#leftovers]
    this.#leftovers.clear()
    for (const [path, found] of leftovers) await this.#files.replace(path, found, undefined)
    await this.#sessions.removeAbandoned()
  }

  async #run<T>(task: () => Promise<T>): Promise<T> {
    if (this.session.current === 'closed') throw storeClosed()
    const running = task()
    this.#busy.add(running)
    try {
      return await running
    } catch (error) {
      const told = folderError(error, this.#dir)
      if (told !== error) this.#set('suspended')
      throw told
    } finally {
      this.#busy.delete(running)
    }
  }

  #set(state: SessionState): void {
    if (this.session.current !== 'closed') this.session.set(state)
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

function stuck(path: string): RpcError {
  const message = `${printable(path)} is being written by a process that does not finish; see who is stopped, and try again`
  return new RpcError('unavailable', message, { outcome: 'not-run' })
}
