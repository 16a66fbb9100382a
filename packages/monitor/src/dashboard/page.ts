import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'

/** Where the build puts the page; the same seen from `src/` and from `dist/`. */
export const PAGE_FOLDER: URL = new URL('../../dist/ui/', import.meta.url)

export interface PageFile {
  readonly type: string
  readonly body: Buffer
}

/**
 * One file of the built page; `undefined` when there is none of that name. Read anew each time, so that a new build is seen.
 */
export async function pageFile(folder: URL, name: string): Promise<PageFile | undefined> {
  const type = TYPES[extname(name)]
  if (type === undefined || !FILE_NAME.test(name)) return undefined
  try {
    return { type, body: await readFile(new URL(name, folder)) }
  } catch {
    return undefined
  }
}

const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+$/

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.map': 'application/json; charset=utf-8',
}
