import type { Service } from './service.ts'
import type { ServiceKey } from './service-key.ts'

/** One call of one method, as seen by every filter, router and balancer. Never mutated; filters pass on a copy. */
export interface Invocation {
  readonly service: ServiceKey
  readonly method: string
  readonly args: readonly unknown[]
  /** Small facts that travel with the call through every hop, as W3C baggage; the lane is one of them. */
  readonly attachments: Readonly<Record<string, string>>
  /** Whether a second execution does no harm. Governs retry after an unknown outcome. */
  readonly idempotent: boolean
  /** On the local monotonic clock, in ms; absent = none. What crosses the wire is the time remaining. */
  readonly deadline?: number
  readonly signal?: AbortSignal
  /** 1 for the first try at a peer. What arrived with more than 1 is not retried further down. Default 1. */
  readonly attempt?: number
  /** Narrows who may serve it. Stays here: it does not travel on. */
  readonly constraints?: Constraints
  /** What balancers that hash keep together, in place of what they would hash. Stays here. */
  readonly key?: string
  /**
   * The one provider that it is for, `host:port`, or `EVERY_PEER`: then the value of the reply is what each of them said. No
   * router, balancer or strategy has a say in the first, only routers in the second. Whoever keeps or shares replies leaves
   * these alone. Stays here.
   */
  readonly peer?: string
  /** Who makes it: the name that this consumer has in the registry. */
  readonly caller?: string
  /** Facts for the next hop only, such as `authorization` and `traceparent`: they do not travel on. Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** Set when it is a stream: to all that stands around it, a call that lasts until the end of the stream. */
  readonly stream?: StreamKind
}

/** Which way items flow: from the provider, from the consumer, or both ways. */
export type StreamKind = 'server' | 'client' | 'both'

/** What one call asks of a peer. */
export interface Constraints {
  /** A semver range such as `^2.1`, or a version to the letter. */
  readonly version?: string
  /** Each of these must stand in the record. */
  readonly tags?: Readonly<Record<string, string>>
}

export interface Reply {
  readonly value: unknown
}

export type Invoker = Service<Invocation, Reply>

/** The attachment that names the lane of a call, and the lane in which releases are tried. */
export const LANE = 'lane'
export const GRAY_LANE = 'gray'
export const STABLE_LANE = 'stable'

/** Stands for all providers where one may be named. */
export const EVERY_PEER = '*'

/** The lane of a call: `stable` unless its attachments say otherwise. */
export function laneOf({ attachments }: Pick<Invocation, 'attachments'>): string {
  return attachments[LANE] ?? STABLE_LANE
}
