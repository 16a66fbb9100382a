import { breaker, type Peers, panic } from '@kumquat/cluster'
import {
  assertName,
  type Clock,
  filteredStream,
  formatServiceKey,
  type Invocation,
  type Invoker,
  type Live,
  remainingMs,
  type ServiceKey,
  systemClock,
  systemRng,
} from '@kumquat/core'
import { attend } from '@kumquat/registry'
import { assertCallOptions, type CallOptions } from '../client/call-options.ts'
import { type Client, client, type EachClient } from '../client/client.ts'
import { type Generic, generic } from '../client/generic.ts'
import { consoleLogger } from '../console-logger.ts'
import type { Contract } from '../contract/contract.ts'
import { type Asked, type ServiceClass, type ServiceTarget, type Target, targetOf } from '../contract/target.ts'
import { aroundAttempt, aroundCall } from '../filters/order.ts'
import { httpProbe } from '../http/http-probe.ts'
import { notSent } from '../not-sent.ts'
import { accessRegistry } from '../registry-access.ts'
import { streamConnect } from '../stream/stream-connect.ts'
import { streamThrough } from '../streaming/stream-through.ts'
import { assertTimeout } from '../waiting/assert-timeout.ts'
import { type ClusterOf, clusterOf } from './cluster-of.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import { filteredConnect } from './filtered-connect.ts'
import { type Outlook, outlookOf } from './outlook.ts'
import { snapshotFolder } from './snapshot-folder.ts'
import { steadyDiscovery } from './steady-discovery.ts'
import { disposed, Subscription, streamsEnded } from './subscription.ts'

/** Finds providers and calls them. Disposing lets calls in flight finish, ends streams, and refuses whatever is later. */
export interface Consumer extends AsyncDisposable {
  /** A typed client; synchronous, and does nothing until it is called. Throws `TypeError` on a bad target. */
  client<C extends Contract>(contract: C, options?: CallOptions): Client<C>
  client<T extends object>(service: ServiceClass<T>, options?: CallOptions): Client<T>
  client<T extends object>(service: ServiceTarget<T>, options?: CallOptions): Client<T>
  /**
   * A typed client of each provider at once: of all that the routers leave, whatever their weight, 100 at a time. Its calls
   * resolve with what every one of them said, within the time of the call, and reject only where there is nobody to ask.
   */
  each<C extends Contract>(contract: C, options?: EachOptions): EachClient<C>
  each<T extends object>(service: ServiceClass<T>, options?: EachOptions): EachClient<T>
  each<T extends object>(service: ServiceTarget<T>, options?: EachOptions): EachClient<T>
  /** Calls without types. */
  readonly generic: Generic
  /** Waits for the first provider. Rejects with `RpcError` `unavailable` after `timeoutMs`, default 10 000. */
  ready(service: ServiceKey, options?: { readonly timeoutMs?: number }): Promise<void>
  /** The providers of a service as this consumer sees them. Empty until the registry has answered. */
  peers(service: ServiceKey): Live<Peers>
  /** How well it knows them: from the registry, from memory or from a snapshot, how old that is, and who is in doubt. */
  outlook(service: ServiceKey): Live<Outlook>
}

export type EachOptions = Omit<CallOptions, 'peer'>

/**
 * Opens the consuming end. Does not wait for the registry, so one that is down makes calls fail, not the start.
 *
 * @throws TypeError on a wrong registry URL or a caller that is no name, RangeError on a bad time.
 */
export async function consumer({
  registry,
  caller = '',
  timeoutMs = 3_000,
  clock = systemClock,
  filters = [],
  attemptFilters = [],
  streamFilters = [],
  observer,
  logger = consoleLogger(),
  rng = systemRng,
  connect: connectBy,
  probe = connectBy === undefined && httpProbe(),
  snapshot = snapshotFolder(registry) ?? false,
  register = true,
  callerVersion = '',
  health = panic(breaker({ clock, rng }), { clock }),
  warmUp = true,
  slowStart = false,
  subset,
  ...choices
}: ConsumerOptions): Promise<Consumer> {
  assertTimeout('timeoutMs', timeoutMs)
  if (caller !== '') assertName('caller', caller)
  const connect = connectBy ?? streamConnect({ caller, clock, rng, logger })
  const observing = { caller, clock, ...(observer && { observer }) }
  const clusterOver = clusterOf(choices, { clock, rng, logger })
  const access = await accessRegistry(registry, { clock, logger })
  const subscribing = {
    discovery: steadyDiscovery({
      ...{ access, clock, rng, logger },
      probe: probe || undefined,
      snapshots: snapshot === false ? undefined : snapshot,
    }),
    connect: filteredConnect(connect, (record) => aroundAttempt({ ...observing, filters: attemptFilters }, record)),
    registryName: access.name,
    ...{ health, warmUp, slowStart, subset, clock, logger },
  }
  const record = { app: caller, version: callerVersion, since: clock.epoch(), rules: '' }
  const attendance = (service: ServiceKey): AsyncDisposable => attend(access.store, service, record, { clock, logger })
  const subscribed = new Map<string, Subscribed>()
  const disposal = new AbortController()
  let isDisposed = false

  const subscribe = (service: ServiceKey): Subscribed => {
    const own = { ...subscribing, service, ...(register && { attend: () => attendance(service) }) }
    const subscription = new Subscription(own)
    return { subscription, clusterFor: clusterOver(subscription.peers), invokers: new Map() }
  }
  const subscribedTo = (service: ServiceKey): Subscribed => {
    if (isDisposed) throw disposed()
    const key = formatServiceKey(service)
    const known = subscribed.get(key) ?? subscribe(service)
    subscribed.set(key, known)
    return known
  }

  const watching = (service: ServiceKey): Subscription => {
    const { subscription } = subscribedTo(service)
    subscription.watched({ ms: timeoutMs }).catch((error: unknown) => logger.warn({ error }, 'no peers yet'))
    return subscription
  }

  const invokerOf = ({ service, version }: Target): Invoker => {
    const { subscription, clusterFor, invokers } = subscribedTo(service)
    const known = invokers.get(version)
    if (known !== undefined) return known
    const choose = clusterFor(version)
    const invoke = aroundCall({ ...observing, filters })((invocation) => {
      if (isDisposed) return Promise.reject(disposed())
      if (subscription.populated) return choose(invocation)
      return arrival(subscription, invocation, clock).then(() => choose(invocation))
    })
    if (invokers.size === MAX_VERSIONS) invokers.clear()
    invokers.set(version, invoke)
    return invoke
  }

  const faceOf = (asked: Asked, options: CallOptions, each: boolean): object => {
    const target = targetOf(asked)
    const own = assertCallOptions(options)
    const invoke = invokerOf(target)
    const stream = filteredStream(streamThrough(invoke, { clock, until: disposal.signal }), streamFilters)
    return client({ target, invoke, stream, options: own, each, timeoutMs, caller, clock })
  }

  return {
    client: <T>(asked: Asked, options: CallOptions = {}) => faceOf(asked, options, false) as Client<T>,
    each: <T>(asked: Asked, options: EachOptions = {}) => faceOf(asked, options, true) as EachClient<T>,
    generic: generic({ invokerOf, timeoutMs, caller, clock }),
    async ready(service, { timeoutMs: ms = 10_000 } = {}) {
      await subscribedTo(service).subscription.someone({ ms: assertTimeout('timeoutMs', ms) })
    },
    peers: (service) => watching(service).peers,
    outlook: (service) => outlookOf(watching(service).sightings, clock),
    async [Symbol.asyncDispose]() {
      isDisposed = true
      disposal.abort(streamsEnded())
      await Promise.all([...subscribed.values()].map(({ subscription }) => subscription[Symbol.asyncDispose]()))
      await access[Symbol.asyncDispose]()
    },
  }
}

/** A service in use: who serves it, and how one of them is chosen. */
interface Subscribed {
  readonly subscription: Subscription
  readonly clusterFor: ReturnType<ClusterOf>
  /** One for each version that is asked for, so that what a filter remembers is of all clients of a service. */
  readonly invokers: Map<string, Invoker>
}

/** In use at one time, of one service. The versions of generic calls may come from outside. */
const MAX_VERSIONS = 64

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
