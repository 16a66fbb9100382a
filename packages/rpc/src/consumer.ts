import {
  type Balancer,
  chain,
  cluster,
  failover,
  gray,
  type Peers,
  type Router,
  type Strategy,
  version,
  weightedRoundRobin,
} from '@kumquat/cluster'
import {
  type Clock,
  type Connect,
  type Filter,
  formatServiceKey,
  type Invocation,
  type Invoker,
  type Live,
  type Logger,
  type Observer,
  type Reply,
  type Rng,
  remainingMs,
  type ServiceKey,
  type Store,
  systemClock,
  systemRng,
} from '@kumquat/core'
import { attend, type Probe } from '@kumquat/registry'
import { assertCallOptions, assertTimeout, type CallOptions } from './call-options.ts'
import { type Client, client } from './client.ts'
import { consoleLogger } from './console-logger.ts'
import type { Contract } from './contract.ts'
import { filteredConnect } from './filtered-connect.ts'
import { aroundAttempt, aroundCall } from './filters/order.ts'
import { httpConnect } from './http/connect.ts'
import { httpProbe } from './http/http-probe.ts'
import { notSent } from './not-sent.ts'
import { type Outlook, outlookOf } from './outlook.ts'
import { accessRegistry } from './registry-access.ts'
import { snapshotFolder } from './snapshot-folder.ts'
import { steadyDiscovery } from './steady-discovery.ts'
import { disposed, Subscription } from './subscription.ts'
import { type Asked, type ServiceClass, type ServiceTarget, type Target, targetOf } from './target.ts'

export interface ConsumerOptions {
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
  /** Whom to consider, after the version. Default `gray()`. */
  readonly route?: Router
  /** Whom to choose. Default `weightedRoundRobin()`. */
  readonly balance?: Balancer
  /** How often to try. Default `failover()`, with 2 retries. */
  readonly strategy?: Strategy
  /** Run once per call, the first outermost. Default none. */
  readonly filters?: readonly Filter<Invocation, Reply>[]
  /** Run once per attempt at a peer, the first outermost. Default none. */
  readonly attemptFilters?: readonly Filter<Invocation, Reply>[]
  /** Told of every call and every attempt. Default: nobody, at no cost. */
  readonly observer?: Observer
  /** Default: warnings and errors to standard error. */
  readonly logger?: Logger
  /** Opens lines to providers. Default: HTTP with its defaults, see `httpConnect()`. */
  readonly connect?: Connect
  /**
   * Looks whether a provider that vanished from the registry is alive; false = nobody looks. Default: over HTTP, and nobody
   * when `connect` is given.
   */
  readonly probe?: Probe | false
  readonly clock?: Clock
  readonly rng?: Rng
}

/** Finds providers and calls them. Disposing lets calls in flight finish; later ones are refused. */
export interface Consumer extends AsyncDisposable {
  /** A typed client; synchronous, and does nothing until it is called. Throws `TypeError` on a bad target. */
  client<C extends Contract>(contract: C, options?: CallOptions): Client<C>
  client<T extends object>(service: ServiceClass<T>, options?: CallOptions): Client<T>
  client<T extends object>(service: ServiceTarget<T>, options?: CallOptions): Client<T>
  /** Waits for the first provider. Rejects with `RpcError` `unavailable` after `timeoutMs`, default 10 000. */
  ready(service: ServiceKey, options?: { readonly timeoutMs?: number }): Promise<void>
  /** The providers of a service as this consumer sees them. Empty until the registry has answered. */
  peers(service: ServiceKey): Live<Peers>
  /** How well it knows them: from the registry, from memory or from a snapshot, how old that is, and who is in doubt. */
  outlook(service: ServiceKey): Live<Outlook>
}

/**
 * Opens the consuming end. Does not wait for the registry, so one that is down makes calls fail, not the start.
 *
 * @throws TypeError on a wrong registry URL, RangeError on a bad time.
 */
export async function consumer({
  registry,
  caller = '',
  timeoutMs = 3_000,
  route = gray(),
  balance = weightedRoundRobin(),
  clock = systemClock,
  strategy = failover({ clock }),
  filters = [],
  attemptFilters = [],
  observer,
  logger = consoleLogger(),
  rng = systemRng,
  connect: connectBy,
  probe = connectBy === undefined && httpProbe(),
  snapshot = snapshotFolder(registry) ?? false,
  register = true,
  callerVersion = '',
}: ConsumerOptions): Promise<Consumer> {
  assertTimeout('timeoutMs', timeoutMs)
  const connect = connectBy ?? httpConnect({ caller, clock, rng, logger })
  const observing = { caller, clock, ...(observer && { observer }) }
  const access = await accessRegistry(registry, { clock, logger })
  const subscribing = {
    discovery: steadyDiscovery({
      ...{ access, clock, rng, logger },
      probe: probe || undefined,
      snapshots: snapshot === false ? undefined : snapshot,
    }),
    connect: filteredConnect(connect, (record) => aroundAttempt({ ...observing, filters: attemptFilters }, record)),
    registryName: access.name,
    clock,
    logger,
  }
  const record = { app: caller, version: callerVersion, since: clock.epoch(), rules: '' }
  const attendance = (service: ServiceKey): AsyncDisposable => attend(access.store, service, record, { clock, logger })
  const subscriptions = new Map<string, Subscription>()
  let isDisposed = false

  const subscriptionTo = (service: ServiceKey): Subscription => {
    if (isDisposed) throw disposed()
    const key = formatServiceKey(service)
    const own = { ...subscribing, service, ...(register && { attend: () => attendance(service) }) }
    const subscription = subscriptions.get(key) ?? new Subscription(own)
    subscriptions.set(key, subscription)
    return subscription
  }

  const watching = (service: ServiceKey): Subscription => {
    const subscription = subscriptionTo(service)
    subscription.watched({ ms: timeoutMs }).catch((error: unknown) => logger.warn({ error }, 'no peers yet'))
    return subscription
  }

  const invokerOf = (target: Target): Invoker => {
    const subscription = subscriptionTo(target.service)
    const routes = target.version === '' ? [route] : [version(target), route]
    const choose = cluster({ peers: subscription.peers, route: chain(...routes), balance, strategy })
    return aroundCall({ ...observing, filters })((invocation) => {
      if (isDisposed) return Promise.reject(disposed())
      if (subscription.populated) return choose(invocation)
      return arrival(subscription, invocation, clock).then(() => choose(invocation))
    })
  }

  return {
    client<T>(asked: Asked, options: CallOptions = {}): Client<T> {
      const target = targetOf(asked)
      return client<T>({ target, invoke: invokerOf(target), options: assertCallOptions(options), timeoutMs, clock })
    },
    async ready(service, { timeoutMs: ms = 10_000 } = {}) {
      await subscriptionTo(service).someone({ ms: assertTimeout('timeoutMs', ms) })
    },
    peers: (service) => watching(service).peers,
    outlook: (service) => outlookOf(watching(service).sightings, clock),
    async [Symbol.asyncDispose]() {
      isDisposed = true
      await Promise.all([...subscriptions.values()].map((one) => one[Symbol.asyncDispose]()))
      await access[Symbol.asyncDispose]()
    },
  }
}

/** Resolves when there is somebody to call; rejects with the reason why not, within the time of the call. */
async function arrival(subscription: Subscription, invocation: Invocation, clock: Clock): Promise<void> {
  const { signal } = invocation
  try {
    await subscription.watched({ ms: Math.max(0, remainingMs(invocation, clock)), signal })
  } catch (error) {
    if (signal?.aborted) throw notSent(invocation, 'canceled', 'its caller canceled it', signal.reason)
    throw error
  }
  if (!subscription.populated) throw subscription.nobody()
}
