import type { Invoker, ProviderRecord, Status } from '@kumquat/core'
import type { LoadMetric } from './load.ts'

/**
 * A provider we hold a line to, as its record describes it at one moment, and how it is doing. Immutable but for `status`
 * and `load`: a changed record makes a new peer over the same line. A peer may itself be a cluster.
 */
export interface Peer {
  /** `record.id` is its identity over time. */
  readonly record: ProviderRecord
  readonly status: Status
  /** By this metric, in its units; the lower, the freer. It is measured from the first question on. */
  load(metric: LoadMetric): number
  /** Keeps its own load: there is no "done" callback to forget. */
  readonly invoke: Invoker
}

/** A set of peers at one moment. Never mutated: a change makes a new array, so its identity may key a cache. */
export type Peers = readonly Peer[]
/** A set that is not empty: what a balancer sees. */
export type SomePeers = readonly [Peer, ...Peer[]]

/** Whether anybody is in it. */
export const isSome = (peers: Peers): peers is SomePeers => peers.length > 0

/** Whether two sets are of the very same peers, in the same order. */
export const sameMembers = (a: Peers, b: Peers): boolean =>
  a.length === b.length && a.every((peer, index) => peer === b[index])
