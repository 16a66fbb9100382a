import type { ServiceKey } from '@kumquat/core'
import { type Contract, declarationOf } from './contract.ts'
import { declarationsAlong } from './declarations.ts'
import type { MethodDeclaration } from './method-options.ts'
import { declareService, undeclared } from './service.ts'
import type { AnyMethod } from './signature.ts'

/** Names a service for those who have only its type: `client<Movies>({ app: 'movie', group: 'catalog' })`. */
export interface ServiceTarget<T = unknown> extends ServiceKey {
  /** Ask only providers of this version. Default '', which is any. */
  readonly version?: string
  /** The methods of which a second execution does no harm. Default none. */
  readonly idempotent?: readonly MethodName<T>[]
}

export type ServiceClass<T extends object = object> = abstract new (...args: never[]) => T

/** All that a client may be asked for by. */
export type Asked = ServiceClass | Contract | ServiceTarget<Record<string, AnyMethod>>

/** What a client must know of the service it calls. */
export interface Target {
  readonly service: ServiceKey
  readonly version: string
  readonly idempotent: ReadonlySet<string>
  /** Of the methods that have a time of their own, in ms. */
  readonly timeouts?: ReadonlyMap<string, number>
}

/**
 * Reads what a client was asked for: a class, a contract, or a name.
 *
 * @throws TypeError on a class without `@service()`, or a bad name.
 */
export function targetOf(asked: Asked): Target {
  if (typeof asked === 'function') return targetOfClass(asked)
  if ('methods' in asked) return { ...declarationOf(asked), ...factsOf(Object.entries(asked.methods)) }
  return { ...declareService(asked), idempotent: new Set<string>(asked.idempotent) }
}

type MethodName<T> = { [M in keyof T]: T[M] extends AnyMethod ? M : never }[keyof T] & string

function targetOfClass(asked: ServiceClass): Target {
  const { declaration, methods } = declarationsAlong(asked.prototype)
  if (declaration === undefined) throw undeclared(asked)
  return { ...declaration, ...factsOf([...methods]) }
}

function factsOf(methods: readonly (readonly [string, MethodDeclaration])[]): Pick<Target, 'idempotent' | 'timeouts'> {
  return {
    idempotent: new Set(methods.flatMap(([name, { idempotent }]) => (idempotent ? [name] : []))),
    timeouts: new Map(
      methods.flatMap(([name, { timeoutMs }]) => (timeoutMs === undefined ? [] : [[name, timeoutMs] as const])),
    ),
  }
}
