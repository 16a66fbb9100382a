import type { Clock } from '@kumquat/core'
import { LRUCache } from 'lru-cache'

export interface BoundedCacheOptions<Value> {
  readonly max: number
  /** How long an entry is kept, in ms. */
  readonly ttlMs: number
  readonly clock: Clock
  /** Told of a key that had to go for want of room, before its time. */
  readonly onEvict?: (key: string, value: Value) => void
}

/** A map that never holds more than so many entries, nor any for longer than so much time. */
export interface BoundedCache<Value> {
  /** Counts as a use: what was not used for longest goes first. */
  get(key: string): Value | undefined
  /** Counts as none. */
  peek(key: string): Value | undefined
  has(key: string): boolean
  set(key: string, value: Value): void
  delete(key: string): void
  clear(): void
  keys(): Iterable<string>
  readonly size: number
}

/** By lru-cache; its time is that of the clock. */
export function boundedCache<Value extends object>({
  max,
  ttlMs,
  clock,
  onEvict,
}: BoundedCacheOptions<Value>): BoundedCache<Value> {
  return new LRUCache<string, Value>({
    max,
    ttl: ttlMs,
    ttlResolution: 0,
    perf: { now: () => clock.now() + 1 }, // lru-cache takes an entry of the moment 0 for one without end
    ...(onEvict && {
      dispose: (value: Value, key: string, reason: string) => {
        if (reason === 'evict') onEvict(key, value)
      },
    }),
  })
}
