import { type Clock, type Filter, type Invocation, laneOf, type Observer, type Reply, RpcError } from '@kumquat/core'

export interface ObservedOptions {
  readonly kind: 'call' | 'attempt'
  readonly observer: Observer
  /** The app that calls. */
  readonly caller: string
  /** `host:port`. Attempts only. */
  readonly peer?: string
  readonly clock: Clock
}

/** Tells an observer how each call begins and ends. */
export function observed({ kind, observer, caller, peer, clock }: ObservedOptions): Filter<Invocation, Reply> {
  return (next) => async (invocation) => {
    const { service, method, attempt = 1 } = invocation
    const lane = laneOf(invocation)
    const start = { kind, service, method, lane, caller, ...(peer !== undefined && { peer, attempt }) }
    const startedAt = clock.now()
    observer.started(start)
    try {
      const reply = await next(invocation)
      observer.ended({ ...start, code: 'ok', durationMs: clock.now() - startedAt })
      return reply
    } catch (error) {
      observer.ended({
        ...start,
        code: RpcError.is(error) ? error.code : 'unknown',
        durationMs: clock.now() - startedAt,
      })
      throw error
    }
  }
}
