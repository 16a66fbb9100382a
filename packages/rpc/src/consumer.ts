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
import { discovery } from '@kumquat/registry'
import { assertCallOptions, assertTimeout, type CallOptions } from './call-options.ts'
import { type Client, client } from './client.ts'
import { consoleLogger } from './console-logger.ts'
import type { Contract } from './contract.ts'
import { filteredConnect } from './filtered-connect.ts'
import { aroundAttempt, aroundCall } from './filters/order.ts'
import { httpConnect } from './http/connect.ts'
import { notSent } from './not-sent.ts'
import { accessRegistry } from './registry-access.ts'
import { disposed, Subscription } from './subscription.ts'
import { type Asked, type ServiceClass, type ServiceTarget, type Target, targetOf } from './target.ts'

export interface ConsumerOptions {
  /** A URL such as `zookeeper://10.0.0.1:2181/shop`, or an open store, which stays yours to dispose. */
  readonly registry: string | Store
  /** The name of this app, for the topology and for access rules. Default '', which is anonymous. */
  readonly caller?: string
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
  connect = httpConnect({ caller, clock, rng, logger }),
}: ConsumerOptions): Promise<Consumer> {
  assertTimeout('timeoutMs', timeoutMs)
  const observing = { caller, clock, ...(observer && { observer }) }
  const access = await accessRegistry(registry, { clock, logger })
  const subscribing = {
    discovery: discovery(access.store, { logger }),
    connect: filteredConnect(connect, (record) => aroundAttempt({ ...observing, filters: attemptFilters }, record)),
    registryName: access.name,
    clock,
    logger,
  }
  const subscriptions = new Map<string, Subscription>()
  let isDisposed = false

  const subscriptionTo = (service: ServiceKey): Subscription => {
    if (isDisposed) throw disposed()
    const key = formatServiceKey(service)
    const subscription = subscriptions.get(key) ?? new Subscription({ ...subscribing, service })
    subscriptions.set(key, subscription)
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
    peers(service) {
      const subscription = subscriptionTo(service)
      subscription.watched({ ms: timeoutMs }).catch((error: unknown) => logger.warn({ error }, 'no peers yet'))
      return subscription.peers
    },
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
