import {
  Cell,
  type Invocation,
  type Live,
  type ProviderRecord,
  providerRecord,
  RpcError,
  type Status,
} from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import { ketama } from '../balancers/ketama.ts'
import { p2c } from '../balancers/p2c.ts'
import { cluster } from '../cluster.ts'
import { directory } from '../directory.ts'
import type { HealthPolicy } from '../health/health.ts'
import type { Key } from '../keys/keys.ts'
import { isSome, type Peer, type SomePeers } from '../peer.ts'
import { chain } from '../router.ts'
import { perSet } from '../sets/per-set.ts'
import { failover } from '../strategies/failover.ts'
import type { Strategy } from '../strategy.ts'
import { clientEndpoint, thrownBy } from './client-endpoint.ts'
import type { Clients, Clusterized, FanOut, MethodName, OnlyMethods } from './clusterized.ts'
import { face } from './face.ts'
import { type Hashed, type PlanOptions, planOf } from './plan.ts'
import { toAll } from './to-all.ts'

export interface ClusterizeOptions<C, F extends FanOut<C>> {
  /** Methods that go to the client that has their key, and to no other. Default none. */
  readonly hash?: Hashed<C>
  /** Methods that go to all clients, each with the name of a merger (see `MERGERS`) or a function. Default none. */
  readonly fanOut?: F
  /** Fan-outs that make do with what some clients answer, as long as one does. Default none: each must. */
  readonly partial?: readonly (keyof F)[]
  /** Methods of which a second execution does no harm: only these are tried elsewhere after a failure. Default none. */
  readonly idempotent?: readonly MethodName<C>[]
  /** How keys find their client. Default `ketama`. */
  readonly ring?: (options: { readonly key: Key }) => Balancer
  /** Whom to choose for all the rest. Default `p2c()`. */
  readonly balance?: Balancer
  /** How often to try all the rest. Default `failover()`. */
  readonly strategy?: Strategy
  /** Shares of keys and calls, by name. Default 100 each. */
  readonly weights?: Readonly<Record<string, number>>
  /** How a client is. One that is `closed` is not called: its keys fail at once, the rest goes elsewhere. Default `open`. */
  readonly status?: (client: C) => Status
  /** Whether an error says that the client is at fault, not the call. Only such are tried elsewhere. Default: every one. */
  readonly failed?: (error: unknown) => boolean
  /** What else closes a client, for the rest of the methods. Default: nothing. */
  readonly health?: HealthPolicy
  /** What they are, for messages. Default `clients`. */
  readonly name?: string
}

/**
 * One object out of many clients of anything: connections to Redis, nodes of a search engine. Some methods go to the client
 * that has the key, some to all, the rest to any. What a client throws, its caller gets.
 *
 * @throws TypeError on an option that names what is no method of the clients, or an unknown merger.
 */
export function clusterize<C extends object, const F extends FanOut<C>>(
  clients: Clients<C> | Live<Clients<C>>,
  options: ClusterizeOptions<C, F> & OnlyMethods<C, F> = {} as ClusterizeOptions<C, F> & OnlyMethods<C, F>,
): Clusterized<C, F> {
  const { ring = ketama, balance = p2c(), strategy = failover(), weights = {} } = options
  const { status = isOpen, failed = always, health, name = 'clients' } = options
  const source = isLive(clients) ? clients : new Cell(clients)
  let named = byName(source.current)
  const plan = planOf(options as PlanOptions, [...named.values()][0])

  const records = new Cell(recordsOf(named, weights))
  const following = source.subscribe((changed) => {
    named = byName(changed)
    records.set(recordsOf(named, weights))
  })
  const opinions = health?.()
  const connect = ({ id }: ProviderRecord) => clientEndpoint({ name: id, client: () => named.get(id), status, failed })
  const peers = directory({ records, connect: opinions?.connect(connect) ?? connect })

  const belonging = perSet(asOpen)
  const owner = ring({ key: (invocation) => plan.keys.get(invocation.method)?.(invocation) })
  const toAny = cluster({ peers, route: chain(), balance, strategy })
  const answer = async (invocation: Invocation): Promise<unknown> => {
    const { current } = peers
    if (!isSome(current)) throw noClient(invocation)
    const merging = plan.merges.get(invocation.method)
    if (merging !== undefined) return toAll(current, invocation, merging)
    if (!plan.keys.has(invocation.method)) return (await toAny(invocation)).value
    return (await owner(belonging(current), invocation).invoke(invocation)).value
  }
  const call = (method: string, args: readonly unknown[]): Promise<unknown> =>
    answer({
      ...{ service: { app: name, group: name }, method, args, attachments: {} },
      idempotent: plan.idempotent.has(method),
    }).catch((error: unknown) => {
      throw thrownBy(error)
    })

  return face({
    call,
    clients: () => named,
    async dispose() {
      following[Symbol.dispose]()
      opinions?.[Symbol.dispose]()
      await peers[Symbol.asyncDispose]()
    },
  }) as Clusterized<C, F>
}

/** Where a key belongs does not depend on how anybody is: rings walk on where they see that a peer is closed. */
function asOpen(peers: SomePeers): SomePeers {
  const open = (peer: Peer): Peer => ({
    record: peer.record,
    status: 'open',
    load: (metric) => peer.load(metric),
    invoke: peer.invoke,
  })
  const [first, ...others] = peers
  return [open(first), ...others.map(open)]
}

const noClient = ({ method, service }: Invocation): RpcError =>
  new RpcError('unavailable', `${method} was not sent: there are no ${service.app}`, { outcome: 'not-run' })

const isOpen = (): Status => 'open'
const always = (): boolean => true

const isLive = <T extends object>(value: T | Live<T>): value is Live<T> =>
  'current' in value && 'subscribe' in value && typeof value.subscribe === 'function'

const byName = <C>(clients: Clients<C>): ReadonlyMap<string, C> =>
  clients instanceof Map ? clients : new Map(Object.entries(clients))

const recordsOf = (
  clients: ReadonlyMap<string, unknown>,
  weights: Readonly<Record<string, number>>,
): readonly ProviderRecord[] =>
  [...clients.keys()].map((id) => {
    const weight = Object.hasOwn(weights, id) ? weights[id] : undefined
    return { ...providerRecord({ host: id, port: 0, ...(weight !== undefined && { weight }) }), id }
  })
