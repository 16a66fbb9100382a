import type { ServiceKey } from '@kumquat/core'
import { type Contract, declarationOf } from './contract.ts'
import { declarationsAlong } from './declarations.ts'
import type { AnyMethod, MethodDeclaration } from './method.ts'
import { declareService } from './service.ts'

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
}

/**
 * Reads what a client was asked for: a class, a contract, or a name.
 *
 * @throws TypeError on a class without `@service()`, or a bad name.
 */
export function targetOf(asked: Asked): Target {
  if (typeof asked === 'function') return targetOfClass(asked)
  if ('methods' in asked) return { ...declarationOf(asked), idempotent: idempotentOf(Object.entries(asked.methods)) }
  return { ...declareService(asked), idempotent: new Set<string>(asked.idempotent) }
}

type MethodName<T> = { [M in keyof T]: T[M] extends AnyMethod ? M : never }[keyof T] & string

function targetOfClass(asked: ServiceClass): Target {
  const { declaration, methods } = declarationsAlong(asked.prototype)
  if (declaration === undefined) {
    const name = asked.name || 'T'
    throw new TypeError(
      `the class ${name} is not a service: put @service({ app, group }) on it, or name the service: client<${name}>({ app, group })`,
    )
  }
  return { ...declaration, idempotent: idempotentOf(methods) }
}

const idempotentOf = (methods: Iterable<readonly [string, MethodDeclaration]>): ReadonlySet<string> =>
  new Set([...methods].flatMap(([name, { idempotent }]) => (idempotent ? [name] : [])))
