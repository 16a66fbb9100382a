import { type FSWatcher, statSync, watch } from 'node:fs'

/** Tells early of changes in a folder, where the system can. Never relied upon: the store also looks by itself. */
export interface FolderHint extends Disposable {
  /** To be called now and then: the folder may have come, or be another one of the same name. */
  renew(): void
}

export function folderHint(folder: string, changed: () => void): FolderHint {
  let watcher: FSWatcher | undefined
  let watched: number | undefined
  const stop = (): void => {
    watcher?.close()
    watcher = undefined
    watched = undefined
  }
  const renew = (): void => {
    try {
      const found = statSync(folder, { throwIfNoEntry: false })?.ino
      if (found === watched) return
      stop()
      if (found === undefined) return
      watcher = watch(folder, { persistent: false }, () => changed()).on('error', stop)
      watched = found
    } catch {
      // No folder, or no watches left in the system.
      stop()
    }
  }
  renew()
  return { renew, [Symbol.dispose]: stop }
}
