import { type Clock, type Invocation, RpcError } from '@kumquat/core'

/** What the end of a call says of the peer that was asked: it works, it fails, or nothing at all. */
export type Testimony = 'works' | 'fails' | 'nothing'

/** What a failed call says of its peer. Runs on the call path: fast, and never throws. */
export type Judge = (error: unknown, invocation: Invocation) => Testimony

/**
 * The usual judge. A method that ran and threw shows a peer that works. A timeout is a failure, also when it comes in the
 * guise of an abort: of a signal made by `AbortSignal.timeout`, or of a call whose deadline is over. What a caller
 * canceled says nothing, nor does a refusal under load or of the call itself. All the rest is a failure.
 */
export function usualJudge(clock: Clock): Judge {
  return (error, invocation) => {
    if (!RpcError.is(error)) return isGivenUp(invocation, clock) ? 'nothing' : 'fails'
    if (error.outcome === 'ran') return 'works'
    switch (error.code) {
      case 'canceled':
        return isOverdue(invocation, clock) ? 'fails' : 'nothing'
      case 'resource_exhausted':
        return 'nothing'
      case 'unavailable':
      case 'deadline_exceeded':
      case 'internal':
        return 'fails'
      default:
        return error.outcome === 'unknown' ? 'fails' : 'nothing'
    }
  }
}

const isGivenUp = (invocation: Invocation, clock: Clock): boolean =>
  invocation.signal?.aborted === true && !isOverdue(invocation, clock)

function isOverdue({ deadline, signal }: Invocation, clock: Clock): boolean {
  if (deadline !== undefined && clock.now() >= deadline) return true
  const reason: unknown = signal?.reason
  return reason instanceof Error && reason.name === 'TimeoutError'
}
