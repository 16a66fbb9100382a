import { link, mkdir, rm, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Revision } from '@kumquat/core'
import type { FileSession } from './file-session.ts'
import { errnoOf } from './io-error.ts'
import type { SessionWatch } from './session-watch.ts'

/** The sole right, among all processes, to replace one revision of one entry. */
export interface Claim {
  /** The revision is replaced, and will never be again. */
  done(): Promise<void>
  /** The revision still stands, or was replaced before; the right goes to another. */
  abandon(): Promise<void>
}

/**
 * Claims the right to replace `revision`; undefined while somebody alive has it. The claim is a hard link to the session's
 * file, which the file system lets only one process make. A claim whose process died is never removed, since two could
 * do that at once and both believe to be next: the next in turn makes a link with the next number instead.
 * Revisions never come again, so all claims to one are void as soon as it is replaced; look at the entry after claiming.
 */
export async function tryClaim(
  dir: string,
  revision: Revision,
  session: FileSession,
  sessions: SessionWatch,
): Promise<Claim | undefined> {
  const fileOf = (turn: number): string => join(dir, '.claims', `${revision}-${turn}`)
  for (let turn = 0; ; turn += 1) {
    const file = fileOf(turn)
    try {
      await mkdir(dirname(file), { recursive: true })
      await link(await session.file(), file)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') {
        await session.renew()
        return undefined
      }
      if (errnoOf(error) !== 'EEXIST') throw error
      if (await sessions.isAbandoned(file)) continue
      return undefined
    }
    return {
      async done() {
        for (let mine = turn; mine >= 0; mine -= 1) await rm(fileOf(mine), { force: true })
      },
      abandon: () => unlink(file),
    }
  }
}
