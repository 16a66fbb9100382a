import type { Clock, ProviderRecord } from '@kumquat/core'
import type { Judge, Testimony } from './testimony.ts'

/** Forms an opinion of one peer from the calls to it. Disposed when the line to the peer is, or the health. */
export interface Watcher extends Disposable {
  /** Whether something is held against the peer. Read with every pick. */
  readonly objects: boolean
  /** A call begins. What this answers comes back with its end. */
  began(): number
  /** It has ended, at `now`. The time that a stream took says nothing of the peer: it is not `timed`. */
  ended(mark: number, now: number, testimony: Testimony, timed: boolean): void
}

/** How a health watches. Several that go by the same clock can be put around a line at once. */
export interface Watching {
  readonly clock: Clock
  /** When a call ended that went well, if its time need not be exact. Default: by the clock. */
  readonly lately?: () => number
  readonly judge: Judge
  enter(record: ProviderRecord): Watcher
  leave(watcher: Watcher): void
}
