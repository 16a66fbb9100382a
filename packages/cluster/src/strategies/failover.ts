import { type Clock, type Invocation, RpcError, remainingMs, systemClock } from '@kumquat/core'
import type { Strategy } from '../strategy.ts'

export interface FailoverOptions {
  /** Further attempts after the first, 0 to 4. Default 2. */
  readonly retries?: number
  readonly clock?: Clock
}

/**
 * Tries another peer after a failure that is safe to repeat: never the same peer twice, never past the deadline or an
 * abort, and never a call that came to us as a retry already, or n layers would make it 3^n.
 */
export function failover({ retries = 2, clock = systemClock }: FailoverOptions = {}): Strategy {
  if (!Number.isInteger(retries) || retries < 0 || retries > 4) {
    throw new RangeError(`retries must be an integer from 0 to 4, got ${retries}`)
  }
  return (targets) => async (invocation) => {
    const first = invocation.attempt ?? 1
    const last = first === 1 ? first + retries : first
    const tried = new Set<string>()
    let candidates = targets.candidates(invocation)
    let failure: unknown
    for (let attempt = first; ; attempt++) {
      const peer = targets.pick(candidates, invocation, tried)
      tried.add(peer.record.id)
      try {
        return await peer.invoke(attempt === first ? invocation : { ...invocation, attempt })
      } catch (error) {
        failure = graver(failure, error)
        if (attempt === last || !mayRepeat(error, invocation, clock)) throw failure
        candidates = targets.candidates(invocation)
        if (candidates.every(({ record }) => tried.has(record.id))) throw failure
      }
    }
  }
}

/** "It did not run" of one attempt must not hide that an earlier one may have. */
function graver(earlier: unknown, later: unknown): unknown {
  return earlier !== undefined && isNotRun(later) && !isNotRun(earlier) ? earlier : later
}

const isNotRun = (error: unknown): boolean => RpcError.is(error) && error.outcome === 'not-run'

function mayRepeat(error: unknown, invocation: Invocation, clock: Clock): boolean {
  if (!RpcError.is(error) || invocation.signal?.aborted || remainingMs(invocation, clock) <= 0) return false
  return (
    error.outcome === 'not-run' || (error.outcome === 'unknown' && invocation.idempotent) || error.retryable === true
  )
}
