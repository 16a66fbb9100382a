import {
  type Clock,
  compose,
  type Filter,
  type Invocation,
  type Observer,
  type ProviderRecord,
  type Reply,
} from '@kumquat/core'
import { context } from '../context/context.ts'
import type { ServedCall } from '../transport.ts'
import { deadline } from './deadline.ts'
import { inherit } from './inherit.ts'
import { observed } from './observed.ts'
import type { ProtectionOptions } from './protection-options.ts'

// What happens around every call, in order. The first in a list is the outermost. This is the only place of that order.

export interface CallFilterOptions {
  readonly observer?: Observer
  readonly caller: string
  readonly clock: Clock
  /** The user's own. */
  readonly filters: readonly Filter<Invocation, Reply>[]
}

/** Once per call, on the consumer. */
export function aroundCall({ observer, caller, clock, filters }: CallFilterOptions): Filter<Invocation, Reply> {
  return compose(
    inherit(), // first, so that everything below sees the deadline and the lane that really hold
    ...(observer ? [observed({ kind: 'call', observer, caller, clock })] : []), // sees what the user waits for, whatever is inside
    ...filters, // may answer themselves, or change the call, and are seen as part of it
  )
}

/** Once per attempt, on the consumer, for one peer. */
export function aroundAttempt(
  { observer, caller, clock, filters }: CallFilterOptions,
  { id }: ProviderRecord,
): Filter<Invocation, Reply> {
  return compose(
    ...(observer ? [observed({ kind: 'attempt', observer, caller, peer: id, clock })] : []), // sees the wire, and nothing of the choice of a peer
    ...filters, // nearest to the wire, e.g. to sign
  )
}

/** Once per call, on the provider, between the wire and the method. */
export function aroundServing(
  clock: Clock,
  filters: readonly Filter<ServedCall, Reply>[],
  { ceiling, tracing, accessLog, maxExpiredPercent, auth, access, rateLimit, limit }: ProtectionOptions = {},
): Filter<ServedCall, Reply> {
  return compose(
    ...given(ceiling), // first, so that everything below sees the deadline that really holds
    ...given(tracing), // before all that may refuse, so that refusals are spans too, and lines of logs have their trace
    ...given(accessLog), // before all that may refuse, and tells what the caller is told
    deadline({ maxExpiredPercent, isAwaited: (tracing ?? accessLog) !== undefined, clock }), // what has expired must cost nothing, and nothing below may hold an answer back
    ...given(auth), // before anything that asks who calls
    context(), // after it, so that the current call has the proven caller; before the user's own, who may ask for it
    ...given(access), // knows who calls; what is not allowed must not use up what is counted below
    ...given(rateLimit), // counts what may be run; before the limit, so that who calls too often takes no place in the queue
    ...given(limit), // last, so that its places are held by what really runs
    ...filters, // nearest to the method
  )
}

const given = <T>(one: T | undefined): readonly T[] => (one === undefined ? [] : [one])
