import { type Clock, type Entry, RpcError, sleep } from '@kumquat/core'
import { printable } from '../../printable.ts'
import { EntryFiles } from './entry-files.ts'
import type { FileEntry } from './file-entry.ts'
import type { FileSession } from './file-session.ts'
import type { SessionWatch } from './session-watch.ts'

/** How long a write waits for a process that is in the middle of its own. */
const BUSY_MS = 5_000
const BUSY_LOOK_MS = 5
/** In how many tidyings it once looks everywhere. */
const THOROUGH = 12
const SCRAP_MS = 60_000

/** What stands where there is only a folder with children. */
const FOLDER: FileEntry = { value: '', revision: 'folder' }

/** What to put in the place of what stands there, undefined meaning nothing on both sides. Throws to leave it. */
export type Decide = (standing: FileEntry | undefined) => FileEntry | undefined

/** The entries that count: those that are persistent, and those whose holder is alive. */
export class FileTree {
  readonly #clock: Clock
  readonly #own: FileSession
  readonly #sessions: SessionWatch
  readonly #files: EntryFiles
  /** Found with a session that is over; removed when there is time. */
  readonly #leftovers = new Map<string, FileEntry>()
  #tidyings = 0

  constructor(dir: string, maxValueBytes: number, clock: Clock, own: FileSession, sessions: SessionWatch) {
    this.#clock = clock
    this.#own = own
    this.#sessions = sessions
    this.#files = new EntryFiles(dir, maxValueBytes, own, sessions)
  }

  /** Rejects when the folder of the registry cannot be read. */
  async check(): Promise<void> {
    await this.#files.hasFolder('/')
  }

  async get(path: string): Promise<Entry | undefined> {
    const found = await this.#files.read(path)
    const standing = found && (await this.#stands(path, found)) ? found : await this.#folder(path)
    return standing && { path, name: nameOf(path), value: standing.value, revision: standing.revision }
  }

  async list(path: string): Promise<readonly Entry[]> {
    const names = await this.#files.names(path)
    const entries = await Promise.all(names.map((name) => this.get(`${path === '/' ? '' : path}/${name}`)))
    return entries.filter((entry) => entry !== undefined)
  }

  /** Puts what `decide` answers in the place of what stands there, whoever else is writing. */
  async write(path: string, decide: Decide): Promise<void> {
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

  /** Removes the folder for children too, if it is empty by then. */
  async delete(path: string, decide: (standing: FileEntry | undefined) => void): Promise<void> {
    await this.write(path, (standing) => {
      decide(standing)
      return undefined
    })
    await this.#removeLeftovers()
    await this.#files.removeFolder(path)
  }

  /** Whether it stands, with this value, by our own session. */
  async holds(path: string, value: string): Promise<boolean> {
    const found = await this.#files.read(path)
    return found?.value === value && this.#own.active && found.session === (await this.#own.id())
  }

  /** Removes an entry of our own session. */
  async release(path: string): Promise<void> {
    if (!this.#own.active) return
    const session = await this.#own.id()
    for (;;) {
      const found = await this.#files.read(path)
      if (found?.session !== session || (await this.#files.replace(path, found, undefined))) return
      await sleep(this.#clock, BUSY_LOOK_MS)
    }
  }

  /** Removes what the dead have left. Never rejects: what cannot be tidied up now can wait. */
  async tidy(): Promise<void> {
    this.#tidyings += 1
    try {
      await this.#removeLeftovers()
      if (this.#tidyings % THOROUGH !== 0) return
      await this.#sessions.removeAbandoned()
      await this.#files.removeScraps(this.#clock.epoch() - SCRAP_MS)
    } catch {
      // Somebody else was faster, or the folder is going away.
    }
  }

  async #folder(path: string): Promise<FileEntry | undefined> {
    return (await this.#files.hasFolder(path)) ? FOLDER : undefined
  }

  async #stands(path: string, found: FileEntry): Promise<boolean> {
    if (found.session === undefined) return true
    if (this.#own.active && found.session === (await this.#own.id())) return true
    const health = await this.#sessions.health(found.session)
    if (health === 'over') this.#leftovers.set(path, found)
    return health === 'alive'
  }

  async #removeLeftovers(): Promise<void> {
    const leftovers = [...this.#leftovers]
    this.#leftovers.clear()
    for (const [path, found] of leftovers) await this.#files.replace(path, found, undefined)
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

function stuck(path: string): RpcError {
  const message = `${printable(path)} is being written by a process that does not finish; see who is stopped, and try again`
  return new RpcError('unavailable', message, { outcome: 'not-run' })
}
