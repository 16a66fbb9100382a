import {
  begun,
  type Clock,
  type Filter,
  type Invocation,
  laneOf,
  type ObservedStart,
  type Observer,
  observedEnd,
  type Reply,
  RpcError,
} from '@kumquat/core'

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
  const startOf = ({ service, method, attempt = 1, attachments }: Invocation): ObservedStart => {
    const lane = laneOf({ attachments })
    return peer === undefined
      ? { kind, service, method, lane, caller }
      : { kind, service, method, lane, caller, peer, attempt }
  }
  return (next) => (invocation) => {
    const start = startOf(invocation)
    const startedAt = clock.now()
    observer.started(start)
    return begun(next, invocation).then(
      (reply) => {
        observer.ended(observedEnd(start, 'ok', clock.now() - startedAt))
        return reply
      },
      (error) => {
        observer.ended(observedEnd(start, RpcError.is(error) ? error.code : 'unknown', clock.now() - startedAt))
        throw error
      },
    )
  }
}
