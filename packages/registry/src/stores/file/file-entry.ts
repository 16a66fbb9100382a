import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Revision } from '@kumquat/core'
import { isMissing } from './io-error.ts'

/** What one file holds. */
export interface FileEntry {
  readonly value: string
  readonly revision: Revision
  /** Whose entry it is; absent when it is persistent. */
  readonly session?: string
}

const MAX_HEAD_BYTES = 1_024
/** Revisions and sessions become names of files: nothing else may. */
const FILE_NAME = /^[\w-]{1,64}$/
/** A session that never was. */
const NOBODY = 'nobody'

/** One line about the value, then the value as it is. */
export function formatFileEntry({ value, ...head }: FileEntry): string {
  return `${JSON.stringify(head)}\n${value}`
}

/** A file without our first line was written by hand: all of it is the value of a persistent entry. */
export function parseFileEntry(text: string): FileEntry {
  const end = text.indexOf('\n')
  const head = parseHead(text.slice(0, end))
  if (head) return { ...head, value: text.slice(end + 1) }
  return { value: text.trimEnd(), revision: createHash('sha256').update(text).digest('hex').slice(0, 32) }
}

/** Undefined when there is no such file, or something that is none of ours: a folder, a file that is far too large. */
export async function readFileEntry(file: string, maxValueBytes: number): Promise<FileEntry | undefined> {
  try {
    const { size } = await stat(file)
    return size > maxValueBytes + MAX_HEAD_BYTES ? undefined : parseFileEntry(await readFile(file, 'utf8'))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function parseHead(line: string): Omit<FileEntry, 'value'> | undefined {
  try {
    const { revision, session }: { revision?: unknown; session?: unknown } = JSON.parse(line) ?? {}
    if (typeof revision !== 'string' || !FILE_NAME.test(revision)) return undefined
    if (session === undefined) return { revision }
    return { revision, session: typeof session === 'string' && FILE_NAME.test(session) ? session : NOBODY }
  } catch {
    return undefined
  }
}
