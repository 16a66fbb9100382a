import type { Invocation } from '@kumquat/core'
import { MAX_ATTEMPT, pathOf, timeoutOf } from '../http/departing.ts'
import { factsOf } from './facts.ts'
import { RequestPrelude } from './request-frame.ts'

/** What stands before the arguments of a call with so much time left. Throws `RpcError` as `factsOf()` does. */
export const preludeOf = (invocation: Invocation, leftMs: number, kind: number): RequestPrelude =>
  new RequestPrelude({
    leftMs: leftMs === Number.POSITIVE_INFINITY ? 0 : timeoutOf(leftMs),
    attempt: Math.min(invocation.attempt ?? 1, MAX_ATTEMPT),
    kind,
    path: pathOf(invocation),
    facts: factsOf(invocation),
  })
