import type { Filter, Reply } from '@kumquat/core'
import { integerIn } from '../../integer-in.ts'
import type { ServedCall } from '../../transport.ts'
import { type QueueOptions, queueOptions } from './queue-options.ts'
import { Turnstile } from './turnstile.ts'

export interface LimitOptions extends QueueOptions {
  /** Calls under way at a time, 1 to 1 000 000. */
  readonly max: number
}

/**
 * Bounds the calls under way. Those beyond wait, the more urgent first (see `PRIORITY`), for as long as their deadline allows; where
 * too many wait the least urgent is refused with `resource_exhausted`, `not-run`. A call holds its place until its method is
 * over, though its caller may have left before.
 *
 * @throws RangeError on an option out of range.
 */
export function limit({ max, ...waiting }: LimitOptions): Filter<ServedCall, Reply> {
  integerIn('max', max, 1, 1_000_000)
  const turnstile = new Turnstile({ max, ...queueOptions(waiting) })
  return (next) => async (call) => {
    if (!turnstile.enter()) await turnstile.turn(call)
    try {
      return await next(call)
    } finally {
      turnstile.leave()
    }
  }
}
