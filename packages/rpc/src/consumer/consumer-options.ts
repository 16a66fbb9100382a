import type {
  Clock,
  Connect,
  Filter,
  Invocation,
  Logger,
  Observer,
  Reply,
  Rng,
  Store,
  StreamFilter,
} from '@kumquat/core'
import type { Probe } from '@kumquat/registry'
import type { ClusterOptions } from './cluster-of.ts'
import type { PeersOptions } from './peers-of.ts'

export interface ConsumerOptions extends ClusterOptions, PeersOptions {
  /** A URL such as `zookeeper://10.0.0.1:2181/shop`, or an open store, which stays yours to dispose. */
  readonly registry: string | Store
  /** The name of this app, for the topology and for access rules. Default '', which is anonymous. */
  readonly caller?: string
  /** The version of this app, for the topology. Default ''. */
  readonly callerVersion?: string
  /** Whether to show in the registry who consumes which service. Never makes a call wait or fail. Default true. */
  readonly register?: boolean
  /**
   * A folder for the last known providers, from which to begin while the registry is down; false = none. Default:
   * `kumquat` in the user's cache for a registry that is a server; none for `file:`, `memory:` and a store given open.
   */
  readonly snapshot?: string | false
  /** Time of a call that says nothing of its own, every attempt included. Default 3 000. */
  readonly timeoutMs?: number
  /** Run once per call, the first outermost. Default none. */
  readonly filters?: readonly Filter<Invocation, Reply>[]
  /** Run once per attempt at a peer, the first outermost. Default none. */
  readonly attemptFilters?: readonly Filter<Invocation, Reply>[]
  /** Run once per stream, around its items as the caller sees them, the first outermost. Default none. */
  readonly streamFilters?: readonly StreamFilter[]
  /** Told of every call and every attempt. Default: nobody, at no cost. */
  readonly observer?: Observer
  /** Default: warnings and errors to standard error. */
  readonly logger?: Logger
  /** Opens lines to providers. Default `streamConnect()`: frames to those that speak them, HTTP to all others. `httpConnect()` is HTTP alone. */
  readonly connect?: Connect
  /**
   * Looks whether a provider that vanished from the registry is alive; false = nobody looks. Default: over HTTP, and nobody
   * when `connect` is given.
   */
  readonly probe?: Probe | false
  readonly clock?: Clock
  readonly rng?: Rng
}
