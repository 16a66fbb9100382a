import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/**
 * Where snapshots are kept when nobody says otherwise: in the user's cache (`$XDG_CACHE_HOME/kumquat`, else
 * `~/.cache/kumquat`), which no other user can write to, unlike the system's temporary folder. Nowhere for a registry
 * that needs no server (`file:`, `memory:`), and for a store given open, which has no name.
 */
export function snapshotFolder(
  registry: unknown,
  { XDG_CACHE_HOME = '' }: NodeJS.ProcessEnv = process.env,
  home: () => string = homedir,
): string | undefined {
  if (typeof registry !== 'string' || /^(?:file|memory):/.test(registry)) return undefined
  if (isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'kumquat')
  try {
    return join(home(), '.cache', 'kumquat')
  } catch {
    // A user without a home.
    return undefined
  }
}
