import { link, mkdir, open, readdir, rename, rm, rmdir, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { uniqueId } from '@kumquat/core'
import { tryClaim } from './claim.ts'
import { type FileEntry, formatFileEntry, readFileEntry } from './file-entry.ts'
import { decodeName, ENTRY_SUFFIX, fileOf, folderOf } from './file-name.ts'
import type { FileSession } from './file-session.ts'
import { errnoOf, isMissing } from './io-error.ts'
import type { SessionWatch } from './session-watch.ts'

/** The folder of what is being written: its name is one that no entry has. */
const NEW = '.new'

/** The files of the tree, whoever wrote them: those of dead sessions too. */
export class EntryFiles {
  readonly #dir: string
  readonly #maxValueBytes: number
  readonly #session: FileSession
  readonly #sessions: SessionWatch

  constructor(dir: string, maxValueBytes: number, session: FileSession, sessions: SessionWatch) {
    this.#dir = dir
    this.#maxValueBytes = maxValueBytes
    this.#session = session
    this.#sessions = sessions
  }

  async read(path: string): Promise<FileEntry | undefined> {
    return this.#unlessAbsent(undefined, () => readFileEntry(fileOf(this.#dir, path), this.#maxValueBytes))
  }

  /** Whether there is a folder for children of `path`. */
  async hasFolder(path: string): Promise<boolean> {
    return this.#unlessAbsent(false, async () => (await stat(folderOf(this.#dir, path))).isDirectory())
  }

  /** Names of all children, in order, those that only have children of their own included. */
  async names(path: string): Promise<readonly string[]> {
    const files = await this.#unlessAbsent([], () => readdir(folderOf(this.#dir, path), { withFileTypes: true }))
    const encoded = files.flatMap((file) => {
      if (file.isDirectory()) return [file.name]
      return file.name.endsWith(ENTRY_SUFFIX) ? [file.name.slice(0, -ENTRY_SUFFIX.length)] : []
    })
    const names = encoded.map(decodeName).filter((name) => name !== undefined && name !== '')
    return [...new Set(names as string[])].sort()
  }

  /** Puts `next` in the place of `found`, undefined meaning no file. False when somebody else was faster or is at it. */
  async replace(path: string, found: FileEntry | undefined, next: FileEntry | undefined): Promise<boolean> {
    const file = fileOf(this.#dir, path)
    if (!found) return next === undefined || this.#create(file, next)
    const claim = await tryClaim(this.#dir, found.revision, this.#session, this.#sessions)
    if (!claim) return false
    try {
      const still = (await this.read(path))?.revision === found.revision
      if (!still) {
        await claim.abandon()
        return false
      }
      if (next) await this.#write(next, (temporary) => rename(temporary, file))
      else await unlink(file)
    } catch (error) {
      await claim.abandon()
      throw error
    }
    await claim.done()
    return true
  }

  /** Removes the folder for children of `path` if there is one. False when it is not empty. */
  async removeFolder(path: string): Promise<boolean> {
    try {
      await rmdir(folderOf(this.#dir, path))
      return true
    } catch (error) {
      if (isMissing(error)) return true
      if (errnoOf(error) === 'ENOTEMPTY') return false
      throw error
    }
  }

  /** What writers left behind that died in the middle of a write. */
  async removeScraps(olderThanEpochMs: number): Promise<void> {
    const folder = join(this.#dir, NEW)
    for (const name of await readdir(folder).catch(() => [])) {
      const { mtimeMs } = await stat(join(folder, name))
      if (mtimeMs < olderThanEpochMs) await rm(join(folder, name), { force: true })
    }
  }

  /** A link fails if the file is there: so only one process makes it. */
  async #create(file: string, entry: FileEntry): Promise<boolean> {
    await mkdir(dirname(file), { recursive: true })
    try {
      await this.#write(entry, (temporary) => link(temporary, file))
      return true
    } catch (error) {
      if (errnoOf(error) === 'EEXIST' || errnoOf(error) === 'ENOENT') return false
      throw error
    }
  }

  /** Nobody ever sees half a file: it is written aside, and put in place whole. */
  async #write(entry: FileEntry, place: (temporary: string) => Promise<void>): Promise<void> {
    const temporary = join(this.#dir, NEW, uniqueId())
    await mkdir(dirname(temporary), { recursive: true })
    try {
      const handle = await open(temporary, 'wx')
      try {
        await handle.writeFile(formatFileEntry(entry))
        // What is persistent shall survive a power cut; what is ephemeral shall not.
        if (!entry.session) await handle.datasync()
      } finally {
        await handle.close()
      }
      await place(temporary)
    } finally {
      await rm(temporary, { force: true })
    }
  }

  /** A foreign file where a folder should be is nothing to us, unless it stands where the whole registry should be. */
  async #unlessAbsent<T>(absent: T, read: () => Promise<T>): Promise<T> {
    try {
      return await read()
    } catch (error) {
      if (isMissing(error)) return absent
      if (errnoOf(error) === 'ENOTDIR' && (await isFolder(this.#dir))) return absent
      throw error
    }
  }
}

async function isFolder(dir: string): Promise<boolean> {
  try {
    return (await stat(dir)).isDirectory()
  } catch {
    return false
  }
}
