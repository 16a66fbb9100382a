import { resolve } from 'node:path'
import { type Store, systemClock } from '@kumquat/core'
import { DEFAULT_MAX_VALUE_BYTES, type StoreOptions, storeOver } from '../store-over.ts'
import { FileBackend } from './file-backend.ts'

export interface FileOptions extends StoreOptions {
  /** The folder; made with the first write. Relative to the working directory of now. */
  readonly dir: string
  /**
   * How long held entries outlive their holder's last sign of life. In ms, from 1 000, default 5 000. Those of a process of
   * this machine that is dead end at once.
   */
  readonly leaseMs?: number
}

/**
 * A store in a folder, for the processes of one machine: no server needed. Changes are seen within a second, mostly at
 * once. Operations reject with `RpcError` `permission_denied` or `unavailable` that names the folder when it does not work.
 */
export function file({ dir, leaseMs = 5_000, ...options }: FileOptions): Store {
  if (dir === '') throw new TypeError('dir "" is no folder; name one, e.g. "./.kumquat"')
  if (!(leaseMs >= 1_000)) throw new RangeError(`leaseMs ${leaseMs} is below 1000, which a busy process cannot keep up`)
  const { maxValueBytes = DEFAULT_MAX_VALUE_BYTES, clock = systemClock } = options
  return storeOver(
    (restored) => new FileBackend({ dir: resolve(dir), leaseMs, maxValueBytes, clock }, restored),
    options,
  )
}
