import { join } from 'node:path'

/** What a file that holds the value of an entry ends in. A folder holds children, and has the name of its entry alone. */
export const ENTRY_SUFFIX = '.entry'

/**
 * A name of the tree as the name of a file: what a file system may refuse or confuse is written as %XX of its UTF-8. So
 * is a leading dot, which leaves hidden names to the store itself, and a trailing ".entry".
 */
export function encodeName(name: string): string {
  return encodeURIComponent(name)
    .replace(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/^\./, '%2E')
    .replace(/\.(?=entry$)/, '%2E')
}

/** The name that `encodeName` wrote as `encoded`; undefined when it never writes such. */
export function decodeName(encoded: string): string | undefined {
  try {
    const name = decodeURIComponent(encoded)
    return encodeName(name) === encoded ? name : undefined
  } catch {
    return undefined
  }
}

/** The folder that holds the children of `path`. */
export function folderOf(dir: string, path: string): string {
  return join(dir, ...path.split('/').filter(Boolean).map(encodeName))
}

/** The file that holds the value of `path`. */
export function fileOf(dir: string, path: string): string {
  return `${folderOf(dir, path)}${ENTRY_SUFFIX}`
}
