import { assertPath, type Clock, type Logger, RpcError, type Store, silent, systemClock } from '@kumquat/core'
import { printable } from '../printable.ts'
import type { OpenBackend } from './backend.ts'
import { HeldEntries } from './held-entries.ts'
import { storeClosed } from './refusals.ts'
import { WatchedPaths } from './watched-paths.ts'

export interface StoreOptions {
  /** Larger values are refused before they are sent. In bytes of UTF-8, default 512 KiB. */
  readonly maxValueBytes?: number
  readonly clock?: Clock
  readonly logger?: Logger
}

/** The largest value of a store that is not told otherwise: half of what ZooKeeper takes in one packet. */
export const DEFAULT_MAX_VALUE_BYTES: number = 512 * 1024

/** A `Store` of any backend: checks what comes in, makes held entries again, keeps watches true, closes once. */
export function storeOver(
  open: OpenBackend,
  { maxValueBytes = DEFAULT_MAX_VALUE_BYTES, clock = systemClock, logger = silent }: StoreOptions = {},
): Store {
  if (!(Number.isInteger(maxValueBytes) && maxValueBytes > 0)) {
    throw new RangeError(`maxValueBytes ${maxValueBytes} is not a whole number of bytes above 0`)
  }
  const backend = open(async () => {
    await Promise.all([held.heal(), watched.refresh()])
  })
  const held = new HeldEntries(backend, clock, logger)
  const watched = new WatchedPaths(backend, clock, logger)
  let closing: Promise<void> | undefined

  const usable = (path: string): string => {
    if (closing) throw storeClosed()
    return assertPath(path)
  }
  const writable = (path: string, value = ''): string => {
    if (usable(path) === '/') throw new TypeError('path "/" is the root and holds no value; write below it')
    const bytes = Buffer.byteLength(value)
    if (bytes <= maxValueBytes) return path
    const message = `value of ${bytes} bytes for ${printable(path)} is above maxValueBytes ${maxValueBytes}; keep less in it`
    throw new RpcError('resource_exhausted', message, { outcome: 'not-run' })
  }
  return {
    session: backend.session,
    get: async (path) => backend.get(usable(path)),
    list: async (path) => backend.list(usable(path)),
    put: async (path, value, options = {}) => backend.put(writable(path, value), value, options),
    delete: async (path, options = {}) => backend.delete(writable(path), options),
    hold: async (path, value, { exclusive = false } = {}) =>
      held.hold(writable(path, value), value, exclusive, writable),
    watch: async (path) => watched.watch(usable(path)),
    async [Symbol.asyncDispose]() {
      closing ??= (async () => {
        watched.close()
        held.close()
        await backend.close()
      })()
      await closing
    },
  }
}
