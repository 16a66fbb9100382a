import { type Clock, type Filter, type Reply, remainingMs, systemClock } from '@kumquat/core'
import { assertWithin, MAX_TIMER_MS } from '../range.ts'
import { servedCopy } from '../served-copy.ts'
import type { ServedCall } from '../transport.ts'

export interface CeilingOptions {
  /** The longest that a call may take, whatever its caller allows. 10 to 2 147 483 647 ms. */
  readonly ms: number
  /** Other times for some methods: `app/group/method`. */
  readonly methods?: Readonly<Record<string, number>>
  readonly clock?: Clock
}

/**
 * Bounds the time of every call here, that of callers who name none too. A call that takes longer ends as any that is late:
 * `deadline_exceeded`, and what it calls in turn has no more time either.
 *
 * @throws RangeError on a time out of range.
 */
export function ceiling({ ms, methods = {}, clock = systemClock }: CeilingOptions): Filter<ServedCall, Reply> {
  assertWithin('ms', ms, LEAST_MS, MAX_TIMER_MS)
  for (const [method, own] of Object.entries(methods)) assertWithin(`methods["${method}"]`, own, LEAST_MS, MAX_TIMER_MS)
  const own = new Map(Object.entries(methods))
  const ceilingOf = ({ service, method }: ServedCall): number =>
    own.size === 0 ? ms : (own.get(`${service.app}/${service.group}/${method}`) ?? ms)
  return (next) => (call) => {
    const most = ceilingOf(call)
    if (remainingMs(call, clock) <= most) return next(call)
    return next(servedCopy(call, { deadline: clock.now() + most }))
  }
}

/** Less would refuse what is merely slow to arrive. */
const LEAST_MS = 10
