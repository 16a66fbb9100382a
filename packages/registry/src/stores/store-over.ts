import {
  assertPath,
  type Clock,
  type Logger,
  type Rng,
  RpcError,
  type Store,
  silent,
  systemClock,
  systemRng,
} from '@kumquat/core'
import { printable } from '../printable.ts'
import type { OpenBackend } from './backend.ts'
import { HeldEntries } from './held-entries.ts'
import { storeClosed } from './refusals.ts'
import { WatchedPaths } from './watched-paths.ts'

export interface StoreOptions {
  /** Larger values are refused before they are sent. In bytes of UTF-8, default 512 KiB. */
  readonly maxValueBytes?: number
  /**
   * How often a held entry is looked at: one that somebody has removed or altered is restored. In ms ± 20 %, from 100,
   * default 10 000. Most backends notice at once; this is for what they miss. After the fifth time within a minute it is
   * left so for a minute, with a warning: an operator may want it out.
   */
  readonly auditMs?: number
  /**
   * How often every watch is read again in full, beside what the backend tells: every backend loses a change now and then.
   * In ms ± 20 %, from 100, default 10 000; later where one process watches more than 200 entries a second of it.
   */
  readonly rereadMs?: number
  readonly clock?: Clock
  readonly rng?: Rng
  readonly logger?: Logger
}

/** The largest value of a store that is not told otherwise: half of what ZooKeeper takes in one packet. */
export const DEFAULT_MAX_VALUE_BYTES: number = 512 * 1024

/** A day: with the spread on top, still a delay that timers know. */
const MAX_MS = 86_400_000

/** A `Store` of any backend: checks what comes in, makes held entries again, keeps watches true, closes once. */
export function storeOver(
  open: OpenBackend,
  {
    maxValueBytes = DEFAULT_MAX_VALUE_BYTES,
    auditMs = 10_000,
    rereadMs = 10_000,
    clock = systemClock,
    rng = systemRng,
    logger = silent,
  }: StoreOptions = {},
): Store {
  if (!(Number.isInteger(maxValueBytes) && maxValueBytes > 0)) {
    throw new RangeError(`maxValueBytes ${maxValueBytes} is not a whole number of bytes above 0`)
  }
  for (const [name, ms] of Object.entries({ auditMs, rereadMs })) {
    if (!(ms >= 100 && ms <= MAX_MS)) throw new RangeError(`${name} ${ms} is not from 100 to ${MAX_MS} ms`)
  }
  const backend = open(async () => {
    await Promise.all([held.heal(), watched.refresh()])
  })
  const held = new HeldEntries(backend, { clock, rng, everyMs: auditMs }, logger)
  const watched = new WatchedPaths(backend, { clock, rng, everyMs: rereadMs }, logger)
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
