import type { Contract } from './contract.ts'
import { declarationsAlong } from './declarations.ts'
import { type MethodEntry, method } from './method.ts'
import { undeclared } from './service.ts'
import type { AnyMethod } from './signature.ts'
import type { ServiceClass } from './target.ts'

/** The methods of a class as the entries of a contract. Which of them are marked the compiler cannot tell. */
export type MethodsOfClass<T extends object> = {
  readonly [M in keyof T as T[M] extends AnyMethod ? M & string : never]: T[M] extends AnyMethod
    ? MethodEntry<T[M]>
    : never
}

/**
 * The contract that a decorated class states, as if it had been written with `defineService()`.
 *
 * @throws TypeError on a class without `@service()`, or without a single `@method()`.
 */
export function contractOf<T extends object>(service: ServiceClass<T>): Contract<MethodsOfClass<T>> {
  const { declaration, methods } = declarationsAlong(service.prototype)
  if (declaration === undefined) throw undeclared(service)
  if (methods.size === 0) throw new TypeError(`the class ${service.name} serves no method: put @method() on one`)
  const entries = [...methods].map(([name, { run: _, ...said }]) => [name, method(said)] as const)
  const { service: key, version, exposeErrors } = declaration
  return Object.freeze({
    ...key,
    version,
    exposeErrors,
    methods: Object.freeze(Object.fromEntries(entries)) as unknown as MethodsOfClass<T>,
  })
}
