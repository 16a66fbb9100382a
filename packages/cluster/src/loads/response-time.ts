import { type Clock, type Reply, RpcError, type RpcErrorCode } from '@kumquat/core'
import type { Load, LoadMetric } from '../load.ts'
import { Trust } from './trust.ts'

/** An average of response times, in ms. */
export interface Average {
  /** 0 if it knows of none. */
  at(now: number): number
  add(ms: number, now: number): void
}

export interface ResponseTimeOptions {
  /** Makes the average for one peer; `usualMs` answers what successes took of late at all peers alike. */
  readonly average: (usualMs: () => number) => Average
  /** Time in which a failure is forgotten but for 1/e of it, in ms. */
  readonly forgetMs: number
  readonly clock: Clock
}

/**
 * Makes the metric of what one more call may cost: the response time on average, times the calls in flight and this one,
 * divided by the part of the calls that succeed. Nobody called yet looks best; whoever has not answered yet, worst.
 *
 * A failure must not make a peer look fast, or whoever fails at once attracts all calls ("black hole"): it is taken to last
 * no less than is usual, and costs trust.
 */
export function responseTime({ average, forgetMs, clock }: ResponseTimeOptions): LoadMetric {
  let usualMs = 0
  const learn = (ms: number): void => {
    usualMs += usualMs === 0 ? ms : (ms - usualMs) * RECENT
  }

  return (): Load => {
    let inFlight = 0
    const times = average(() => usualMs)
    const trust = new Trust(forgetMs)
    const end = (ms: number, reply: Reply | undefined, error: unknown, now: number): void => {
      if (reply !== undefined) learn(ms)
      // Nobody waited for the answer: it would have taken longer.
      else if (isAbandoned(error) && ms <= times.at(now)) return
      trust.add(reply !== undefined || isAbandoned(error) || isAnswer(error), now)
      times.add(reply === undefined ? Math.max(ms, usualMs) : ms, now)
    }
    return {
      get value() {
        const now = clock.now()
        const ms = times.at(now)
        if (ms > 0) return (ms * (inFlight + 1)) / trust.at(now)
        return inFlight > 0 ? UNKNOWN_MS * (inFlight + 1) : 0
      },
      begin() {
        const begunAt = clock.now()
        inFlight++
        return (reply, error) => {
          inFlight--
          const now = clock.now()
          end(Math.max(now - begunAt, LEAST_MS), reply, error, now)
        }
      },
    }
  }
}

/** The part of the latest success in what is usual. */
const RECENT = 0.02
/** What is shorter counts as this: it says more of our own event loop than of the peer. */
const LEAST_MS = 0.5
/** What a peer that nothing is known of, but that has calls in flight, is taken to need: it gets one probe at a time. */
const UNKNOWN_MS = 2 ** 32

const isAbandoned = (error: unknown): boolean =>
  RpcError.is(error) ? error.code === 'canceled' : error instanceof Error && error.name === 'AbortError'

/** Whether the peer did its work, and what is wrong is the question. */
const isAnswer = (error: unknown): boolean => RpcError.is(error) && error.outcome === 'ran' && ANSWERS.has(error.code)

const ANSWERS: ReadonlySet<RpcErrorCode> = new Set([
  'invalid_argument',
  'not_found',
  'already_exists',
  'permission_denied',
  'failed_precondition',
  'aborted',
  'out_of_range',
  'unauthenticated',
])
