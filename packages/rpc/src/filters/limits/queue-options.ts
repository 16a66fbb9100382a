import { type Clock, systemClock } from '@kumquat/core'
import { integerIn } from '../../integer-in.ts'
import { assertWithin, MAX_TIMER_MS } from '../../range.ts'

/** How calls wait that find no place. */
export interface QueueOptions {
  /** Calls that may wait at a time, 0 to 1 000 000. Default 64. */
  readonly queue?: number
  /** Nobody waits for longer, whatever its deadline. 1 to 2 147 483 647 ms, default 1 000. */
  readonly waitMs?: number
  /** What those are told who are refused, 0 to 3 600 000 ms: our retries wait so long before they ask another. Default 50. */
  readonly retryAfterMs?: number
  readonly clock?: Clock
}

/** Checks options and fills in defaults. */
export function queueOptions({
  queue = 64,
  waitMs = 1_000,
  retryAfterMs = 50,
  clock = systemClock,
}: QueueOptions): Required<QueueOptions> {
  integerIn('queue', queue, 0, 1_000_000)
  assertWithin('waitMs', waitMs, 1, MAX_TIMER_MS)
  assertWithin('retryAfterMs', retryAfterMs, 0, 3_600_000)
  return { queue, waitMs, retryAfterMs, clock }
}
