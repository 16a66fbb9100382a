import {
  type Clock,
  type Filter,
  formatServiceKey,
  type Logger,
  MAX_WEIGHT,
  type Observer,
  type ProviderRecord,
  providerRecord,
  type Reply,
  type Store,
  type StreamFilter,
} from '@kumquat/core'
import { type Offer, offerOf } from '../contract/offer.ts'
import type { ProtectionOptions } from '../filters/protection-options.ts'
import type { Listen, ServedCall, ServedStream } from '../transport.ts'
import { type Address, parseAddress } from './advertise.ts'
import { assertHealthOptions, type HealthOptions } from './health-check.ts'
import type { Advertisement } from './presence.ts'
import { assertRegisterWhen, type RegisterWhen } from './register-when.ts'
import { type ReplySerializer, withSerializer } from './reply-serializer.ts'

/** What a provider advertises of itself, for every service it serves. Defaults are those of `ProviderRecord`. */
export interface Advertised
  extends Partial<
    Pick<ProviderRecord, 'gray' | 'weight' | 'warmupMs' | 'zone' | 'tags' | 'author' | 'description' | 'version'>
  > {
  /** Default: what each service says of itself. */
  readonly version?: string
}

export interface ProviderOptions extends Advertised, ProtectionOptions {
  /** A URL such as `zookeeper://10.0.0.1:2181/shop`, or an open store, which stays yours to dispose. */
  readonly registry: string | Store
  /** Instances of `@service()` classes, or what `implement()` made. At least one. */
  readonly services: readonly object[]
  /** Where to listen. Default 127.0.0.1, this machine only; `0.0.0.0` is everywhere. */
  readonly host?: string
  /** 0 to 65 535. Default 0, any free one. */
  readonly port?: number
  /** `host` or `host:port` by which others reach us. Default: see `advertisedAddress`. */
  readonly advertise?: string
  /** Whether to advertise a loopback address where other machines read the registry. Default: only if `advertise` says it. */
  readonly allowLoopback?: boolean
  /** When to enter the registry; it serves from the start. Default `now`, and `provider()` resolves once it is in. */
  readonly register?: RegisterWhen
  /** Asked regularly; a provider that is not well leaves the registry, serves on, and comes back. Default: always well. */
  readonly health?: HealthOptions
  /** Run once per call between the wire and the method, the first outermost. Default none. */
  readonly filters?: readonly Filter<ServedCall, Reply>[]
  /** Run once per stream, around its items as the method yields them, the first outermost. Default none. */
  readonly streamFilters?: readonly StreamFilter<ServedStream>[]
  /**
   * Whether replies are held against the output schemas of their methods; one that does not fit fails as `internal`.
   * Default: unless `NODE_ENV` is `production`.
   */
  readonly validateReplies?: boolean
  /** Compiles what writes the replies of a method as JSON, from its schema. Default: `JSON.stringify` writes them. */
  readonly serializer?: ReplySerializer
  /** Told of every call that arrives. Default: nobody, at no cost. */
  readonly observer?: Observer
  /** What `GET /_kumquat/stats` answers, as JSON. Default `{}`. */
  readonly stats?: () => unknown
  /** Default: warnings and errors to standard error. */
  readonly logger?: Logger
  /** Signals at which the provider stops in order, and the process then dies of them. Default SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[]
  /** Greater requests are refused unread. 1 024 to 1 GiB, default 1 MiB. */
  readonly maxBodyBytes?: number
  /** Bound of the registration at the start, see `registerAll`. Default 5 000. */
  readonly registerTimeoutMs?: number
  /** On stopping: time without a call after which we no longer listen. Default 1 000. */
  readonly quietMs?: number
  /** On stopping: bound of the time we go on serving. Default 10 000. */
  readonly noticeMs?: number
  /** On stopping: bound of the time for calls in flight, after those. Default 15 000. */
  readonly drainTimeoutMs?: number
  /** The serving end of the transport. Default `streamListen()`: frames on upgraded connections, and HTTP, on one port. `httpListen()` is HTTP alone. */
  readonly listen?: Listen
  readonly clock?: Clock
}

/** Throws `RangeError` or `TypeError` naming the first bad value. */
export function assertProviderOptions(options: ProviderOptions): void {
  const { port = 0, maxBodyBytes = 1_024, advertise, register = 'now', health } = options
  assertRange('port', port, 0, 65_535)
  assertRange('maxBodyBytes', maxBodyBytes, 1_024, 2 ** 30)
  assertAdvertised(options)
  for (const name of TIMES) assertRange(name, options[name] ?? 0, 0, MAX_TIME_MS)
  if (advertise !== undefined) parseAddress(advertise, port || 1)
  assertRegisterWhen(register)
  if (health !== undefined) assertHealthOptions(health)
}

/** Throws `RangeError` naming the first bad value. */
export function assertAdvertised({ weight = 0, warmupMs = 0 }: Advertised): void {
  assertRange('weight', weight, 0, MAX_WEIGHT)
  assertRange('warmupMs', warmupMs, 0, MAX_TIME_MS)
}

/** What is said in these options of what is advertised, and nothing else. */
export function saidIn(options: Advertised): Partial<ProviderRecord> {
  return Object.fromEntries(ADVERTISED.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])))
}

/** What the services offer. Throws `TypeError` on what is no service, on none, on one that comes twice, and on a bad serializer. */
export function offersOf({ services, serializer }: ProviderOptions): readonly Offer[] {
  if (services.length === 0) throw new TypeError('services is empty: a provider needs at least one to serve')
  const offers = services.map(offerOf)
  const names = offers.map(({ declaration }) => formatServiceKey(declaration.service))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new TypeError(`service ${twice} is given twice: one provider serves a service once`)
  return serializer === undefined ? offers : withSerializer(offers, serializer)
}

/** The record of each service. */
export function recordsOf(
  offers: readonly Offer[],
  options: ProviderOptions,
  address: Address,
  {
    startedAt,
    transports = ['http'],
  }: { readonly startedAt: number; readonly transports?: readonly string[] | undefined },
): readonly Advertisement[] {
  const said = saidIn(options)
  return offers.map(({ declaration: { service, version }, methods, published: { hash: contract } }) => ({
    service,
    record: providerRecord({
      ...{ version, ...said, ...address, startedAt, transports, contract },
      methods: [...methods.keys()],
    }),
  }))
}

const TIMES = ['registerTimeoutMs', 'quietMs', 'noticeMs', 'drainTimeoutMs'] as const
const MAX_TIME_MS = 2 ** 31 - 1

const ADVERTISED: readonly (keyof Advertised)[] = [
  'version',
  'gray',
  'weight',
  'warmupMs',
  'zone',
  'tags',
  'author',
  'description',
]

function assertRange(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new RangeError(`${name} must be an integer from ${least} to ${most}, got ${value}`)
}
