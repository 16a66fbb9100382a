import {
  begun,
  type Clock,
  type Filter,
  formatServiceKey,
  type Invocation,
  type Reply,
  RpcError,
  type Service,
} from '@kumquat/core'
import { assertWithin } from '../range.ts'
import { servedCopy } from '../served-copy.ts'
import { CappedShare } from '../shares/capped-share.ts'
import type { ServedCall } from '../transport.ts'
import { Deadlines } from '../waiting/deadlines.ts'
import { endsAt } from '../waiting/ends-in-time.ts'

export interface DeadlineOptions {
  /**
   * Of 100 calls with a deadline within 10 s, at most so many are refused for having arrived too late; ten always may be. 0
   * to 100, default 20.
   */
  readonly maxExpiredPercent?: number | undefined
  /** Whether anybody outside of this waits for what becomes of a call. If not, its transport may answer in time. Default true. */
  readonly isAwaited?: boolean | undefined
  readonly clock: Clock
}

/**
 * Refuses a call whose time is over before it runs, and gives up on one whose time ends while it runs: the method may go
 * on, its caller no longer waits. When more calls have expired than is believed, the times are wrong and not the calls late:
 * the rest is run, with 3 s each. The share: Finagle, finagle-core/…/service/DeadlineFilter.scala.
 *
 * @throws RangeError on a share out of range.
 */
export function deadline({
  maxExpiredPercent = 20,
  isAwaited = true,
  clock,
}: DeadlineOptions): Filter<ServedCall, Reply> {
  assertWithin('maxExpiredPercent', maxExpiredPercent, 0, 100)
  const expiring = new CappedShare(maxExpiredPercent)
  const deadlines = new Deadlines(clock)
  return (next) => (call) => {
    if (call.deadline === undefined || call.deadline === Number.POSITIVE_INFINITY) return next(call)
    const now = clock.now()
    const leftMs = call.deadline - now
    expiring.count(now)
    if (leftMs > 0) {
      if (!isAwaited && endsAt(call, call.deadline, () => tooLate(call, leftMs))) return next(call)
      return inTime(next, call, leftMs, call.deadline, deadlines)
    }
    if (expiring.take(now)) return Promise.reject(expired(call))
    const until = now + UNBELIEVED_MS
    return inTime(next, servedCopy(call, { deadline: until }), UNBELIEVED_MS, until, deadlines)
  }
}

function inTime(
  next: Service<ServedCall, Reply>,
  call: ServedCall,
  leftMs: number,
  until: number,
  deadlines: Deadlines,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const due = deadlines.add(until, () => reject(tooLate(call, leftMs)))
    begun(next, call).then(
      (reply) => {
        due[Symbol.dispose]()
        resolve(reply)
      },
      (error: unknown) => {
        due[Symbol.dispose]()
        reject(error)
      },
    )
  })
}

function expired({ service, method }: Invocation): RpcError {
  const message = `${formatServiceKey(service)}/${method} was not run: its time was over when it arrived; allow it more, or ask why it was under way so long`
  return new RpcError('deadline_exceeded', message, { outcome: 'not-run' })
}

function tooLate({ service, method }: Invocation, leftMs: number): RpcError {
  const message = `${formatServiceKey(service)}/${method} took longer than the ${Math.round(leftMs)} ms its caller had left; it may still be running`
  return new RpcError('deadline_exceeded', message, { outcome: 'unknown' })
}

/** What a call of ours has that says nothing of its time. */
const UNBELIEVED_MS = 3_000
