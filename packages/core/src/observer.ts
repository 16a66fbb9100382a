import type { RpcErrorCode } from './rpc-error.ts'
import type { ServiceKey } from './service-key.ts'

/**
 * `call`: what the user of a stub made, all attempts inside. `attempt`: one try at one peer.
 * `served`: one request at a provider, from its entering to its headers being written.
 */
export type ObservedKind = 'call' | 'attempt' | 'served'

export interface ObservedStart {
  readonly kind: ObservedKind
  readonly service: ServiceKey
  readonly method: string
  readonly lane: string
  /** The calling app, as far as known. */
  readonly caller: string
  /** `host:port` of the peer. Attempts only. */
  readonly peer?: string
  /** 1 for the first. Attempts only. */
  readonly attempt?: number
}

export interface ObservedEnd extends ObservedStart {
  readonly code: RpcErrorCode | 'ok'
  readonly durationMs: number
}

/**
 * Told of calls where they happen. Runs on the hot path: fast, and never throws. Every `started` is followed by exactly
 * one `ended`. This is all that the call path knows of monitoring.
 */
export interface Observer {
  started(start: ObservedStart): void
  ended(end: ObservedEnd): void
}

/** The end of what has begun so. Field by field: to copy by spread and add to the copy costs a call more than its whole way here. */
export function observedEnd(start: ObservedStart, code: ObservedEnd['code'], durationMs: number): ObservedEnd {
  const { kind, service, method, lane, caller, peer, attempt } = start
  return peer === undefined || attempt === undefined
    ? { kind, service, method, lane, caller, code, durationMs }
    : { kind, service, method, lane, caller, peer, attempt, code, durationMs }
}
