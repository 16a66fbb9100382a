import type { ServiceKey, StreamKind } from '@kumquat/core'
import { assertTimeout } from '../waiting/assert-timeout.ts'
import { type Contract, declarationOf } from './contract.ts'
import { declarationsAlong } from './declarations.ts'
import type { MethodDeclaration } from './method-options.ts'
import { declareService, undeclared } from './service.ts'
import type { AnyMethod } from './signature.ts'
import { assertStreamKind, type StreamKindOf } from './stream-kind.ts'

/** Names a service for those who have only its type: `client<Movies>({ app: 'movie', group: 'catalog' })`. */
export interface ServiceTarget<T = unknown> extends ServiceKey {
  /** Ask only providers of this version. Default '', which is any. */
  readonly version?: string
  /** The methods of which a second execution does no harm. Default none. */
  readonly idempotent?: readonly MethodName<T>[]
  /** The time of a call of a method, where nothing nearer says it. 1 to 2 147 483 647 ms. Default: that of the consumer. */
  readonly timeouts?: { readonly [M in MethodName<T>]?: number }
  /** The methods that stream, and how: `{ watch: 'server', upload: 'client', chat: 'both' }`. Default none. */
  readonly streams?: { readonly [M in MethodName<T>]?: StreamKindOf<T[M]> }
}

export type ServiceClass<T extends object = object> = abstract new (...args: never[]) => T

/** All that a client may be asked for by. */
export type Asked = ServiceClass | Contract | NamedTarget

/** What a client must know of the service it calls. */
export interface Target {
  readonly service: ServiceKey
  readonly version: string
  readonly idempotent: ReadonlySet<string>
  /** Of the methods that have a time of their own, in ms. */
  readonly timeouts?: ReadonlyMap<string, number>
  readonly streams?: ReadonlyMap<string, StreamKind>
}

/**
 * Reads what a client was asked for: a class, a contract, or a name.
 *
 * @throws TypeError on a class without `@service()`, or a bad name, RangeError on a bad time.
 */
export function targetOf(asked: Asked): Target {
  if (typeof asked === 'function') return targetOfClass(asked)
  if ('methods' in asked) return { ...declarationOf(asked), ...factsOf(Object.entries(asked.methods)) }
  const { idempotent, timeouts = {}, streams = {} } = asked
  const kinds = Object.entries(streams).flatMap(([name, kind]) =>
    kind === undefined ? [] : [[name, assertStreamKind(`streams.${name}`, kind)] as const],
  )
  return {
    ...declareService(asked),
    idempotent: new Set<string>(idempotent),
    timeouts: timesOf(Object.entries(timeouts)),
    streams: new Map(kinds),
  }
}

interface NamedTarget extends Omit<ServiceTarget<Record<string, AnyMethod>>, 'streams'> {
  readonly streams?: Readonly<Record<string, StreamKind | undefined>>
}

type MethodName<T> = { [M in keyof T]: T[M] extends AnyMethod ? M : never }[keyof T] & string

function targetOfClass(asked: ServiceClass): Target {
  const { declaration, methods } = declarationsAlong(asked.prototype)
  if (declaration === undefined) throw undeclared(asked)
  return { ...declaration, ...factsOf([...methods]) }
}

function factsOf(methods: readonly (readonly [string, MethodDeclaration])[]): Omit<Target, 'service' | 'version'> {
  return {
    idempotent: new Set(methods.flatMap(([name, { idempotent }]) => (idempotent ? [name] : []))),
    timeouts: timesOf(methods.map(([name, { timeoutMs }]) => [name, timeoutMs])),
    streams: new Map(methods.flatMap(([name, { stream }]) => (stream === undefined ? [] : [[name, stream] as const]))),
  }
}

function timesOf(entries: readonly (readonly [string, number | undefined])[]): ReadonlyMap<string, number> {
  return new Map(
    entries.flatMap(([name, ms]) => (ms === undefined ? [] : [[name, assertTimeout(`timeouts.${name}`, ms)] as const])),
  )
}
