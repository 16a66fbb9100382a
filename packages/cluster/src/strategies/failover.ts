import { type Clock, type Invocation, type Reply, type Rng, remainingMs, sleep, systemClock } from '@kumquat/core'
import { NO_BUDGET, noted } from '../attempts/noted.ts'
import { graver, isAwaited, isNotRun, isRepeatable, pushbackMs } from '../attempts/repeatable.ts'
import { type Backoff, backoff } from '../backoff.ts'
import { begun } from '../begun.ts'
import type { Peer, Peers } from '../peer.ts'
import { type RetryBudget, retryBudget } from '../retry-budget.ts'
import type { Strategy, Targets } from '../strategy.ts'

export interface FailoverOptions {
  /** Further attempts after the first, 0 to 4. Default 2. */
  readonly retries?: number
  /** Pays for them. Default: one of its own, `retryBudget()`. */
  readonly budget?: RetryBudget
  /** How long to wait before each. Default `backoff()`: chance within 25 ms, doubling, at most a second. */
  readonly backoff?: Backoff
  readonly clock?: Clock
  /** For the default backoff. */
  readonly rng?: Rng
}

/**
 * Tries another peer after a failure that is safe to repeat: at once if the first attempt did not run, else after a while;
 * not before the time that the peer asks for. Never the same peer twice, never past the deadline or an abort, and never a
 * call that came to us as a retry already, or n layers would make it 3^n. If the budget is empty, the failure says so in
 * its `details`.
 *
 * Pushback: gRFC A6. Retry at once of what did not run: Finagle, finagle-core/…/service/RequeueFilter.scala.
 */
export function failover({
  retries = 2,
  clock = systemClock,
  rng,
  budget = retryBudget({ clock }),
  backoff: wait = backoff(rng && { rng }),
}: FailoverOptions = {}): Strategy {
  if (!Number.isInteger(retries) || retries < 0 || retries > 4) {
    throw new RangeError(`retries must be an integer from 0 to 4, got ${retries}`)
  }
  /** Time until another attempt may be made after `done` of them; undefined = never. */
  const delayMs = (done: number, error: unknown, invocation: Invocation): number | undefined => {
    if (done > retries || !isRepeatable(error, invocation) || !isAwaited(invocation, clock)) return undefined
    const delay = pushbackMs(error) ?? (done === 1 && isNotRun(error) ? 0 : wait(done))
    return delay < Math.min(remainingMs(invocation, clock), MAX_DELAY_MS) ? delay : undefined
  }
  const repeat = async (targets: Targets, invocation: Invocation, first: Failed): Promise<Reply> => {
    const tried = new Set([first.id])
    const left = (): Peers | undefined => someLeft(targets.candidates(invocation), tried)
    let { error } = first
    let failure = error
    for (let done = 1; ; done++) {
      const delay = delayMs(done, error, invocation)
      if (delay === undefined || left() === undefined) throw failure
      if (!budget.withdraw()) throw noted(failure, NO_BUDGET)
      if (delay > 0) {
        await sleep(clock, delay, invocation.signal)
        if (!isAwaited(invocation, clock)) throw failure
      }
      const candidates = left()
      if (candidates === undefined) throw failure
      const peer = targets.pick(candidates, invocation, tried)
      tried.add(peer.record.id)
      try {
        return await peer.invoke({ ...invocation, attempt: done + 1 })
      } catch (thrown) {
        error = thrown
        failure = graver(failure, error)
      }
    }
  }
  return (targets) => (invocation) => {
    const isRetry = (invocation.attempt ?? 1) > 1
    let peer: Peer
    try {
      peer = targets.pick(targets.candidates(invocation), invocation)
    } catch (error) {
      return Promise.reject(error)
    }
    if (!isRetry) budget.deposit()
    const first = begun(peer, invocation)
    return isRetry ? first : first.catch((error) => repeat(targets, invocation, { id: peer.record.id, error }))
  }
}

interface Failed {
  readonly id: string
  readonly error: unknown
}

/** Nobody is asked to wait longer for a retry, deadline or not. */
const MAX_DELAY_MS = 60_000

const someLeft = (candidates: Peers, tried: ReadonlySet<string>): Peers | undefined =>
  candidates.some(({ record }) => !tried.has(record.id)) ? candidates : undefined
