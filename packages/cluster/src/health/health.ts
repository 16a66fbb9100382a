import type { Connect, Live } from '@kumquat/core'
import type { Watching } from './watcher.ts'

/** Something held against one peer: an opinion, which may be overruled, not a fact such as a closed line. */
export interface Verdict {
  /** `record.id` of the peer. */
  readonly id: string
  /** Who says so: `breaker`, `outlier ejection`. */
  readonly policy: string
  /** `half-open`: about to be tried again, or being tried. */
  readonly state: 'tripped' | 'half-open' | 'ejected'
  /** For people: `5 failures in a row`. */
  readonly reason: string
  /** Wall clock, in ms since 1970. */
  readonly since: number
}

/**
 * Watches the calls to the peers of one service, and speaks through the status of their endpoints: one it holds something
 * against is `closed`, so that it is passed over while a better one is left. It never refuses a call that comes all the
 * same. Disposing stops its timers; endpoints go on working, without opinions.
 */
export interface Health extends Disposable {
  /** Decorates how lines are opened. */
  connect(next: Connect): Connect
  /** What is held against whom at the moment; a new array with each change, which is seldom. */
  readonly verdicts: Live<readonly Verdict[]>
  /** How it watches, if that is all it does: a chain puts such neighbours around a line as one layer. */
  readonly watching?: Watching
}

/** Makes the `Health` of one service, to be used for one directory and disposed with it. */
export type HealthPolicy = () => Health
