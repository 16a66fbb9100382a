import { assertName } from '@kumquat/core'
import { declareMethod, type MethodDeclaration, type MethodOptions } from './method-options.ts'
import type {
  AnyMethod,
  CallerSide,
  HandlerSide,
  InputSchemas,
  StreamCallerSide,
  StreamHandlerSide,
} from './signature.ts'
import type { InputOf, StandardSchema } from './standard-schema.ts'

/** The entry of a method in a contract: `F` is its signature for callers, `H` for who implements it. */
export interface MethodEntry<F extends AnyMethod = AnyMethod, H extends AnyMethod = AnyMethod>
  extends MethodDeclaration {
  /** Exists for the compiler only. */
  readonly [signature]?: F
  /** Exists for the compiler only. */
  readonly [handled]?: H
}

/** A decorator of methods, and at once the entry of a method in a contract. */
export interface MethodMark<F extends AnyMethod = AnyMethod, H extends AnyMethod = F> extends MethodEntry<F, H> {
  (method: Handler<H>, context: ClassMethodDecoratorContext): void
  (prototype: object, name: string | symbol, descriptor: PropertyDescriptor): void
}

/** A function that may do for `F`: at liberty to be asynchronous. */
export type Handler<F extends AnyMethod> = F extends (...args: infer A) => infer R
  ? (...args: A) => R | Promise<Awaited<R>>
  : never

/**
 * Marks a method as served: `@method({ idempotent: true })` in a class, or `getMovie: method({ input, output })` or
 * `getMovie: method<(id: number) => Movie>()` in a contract. Works as a standard decorator and under
 * `experimentalDecorators`; stands above any other decorator.
 *
 * @throws TypeError or RangeError on bad options; TypeError on what is not a public instance method, or has a name that
 * cannot be served.
 */
export function method<const I extends InputSchemas, O extends StandardSchema = StandardSchema>(
  options: MethodOptions & { readonly stream: 'server'; readonly input: I; readonly output?: O },
): MethodMark<StreamCallerSide<I, O>, StreamHandlerSide<I, O>>
export function method<const I extends InputSchemas, O extends StandardSchema = StandardSchema>(
  options: MethodOptions & { readonly stream?: never; readonly input: I; readonly output?: O },
): MethodMark<CallerSide<I, O>, HandlerSide<I, O>>
export function method<O extends StandardSchema>(
  options: MethodOptions & { readonly stream?: never; readonly input?: never; readonly output: O },
): MethodMark<(...args: unknown[]) => InputOf<O>, (...args: never[]) => InputOf<O>>
export function method<F extends AnyMethod = AnyMethod>(options?: MethodOptions<F>): MethodMark<F>
export function method(options: MethodOptions = {}): MethodMark {
  const declaration = declareMethod(options)
  const mark = (
    target: unknown,
    context: ClassMethodDecoratorContext | string | symbol,
    descriptor?: unknown,
  ): void => {
    const standard = typeof context === 'object'
    const name = standard ? context.name : context
    const isMethod = standard
      ? context.kind === 'method' && !context.static && !context.private
      : typeof target === 'object' && isFunction((descriptor as PropertyDescriptor | undefined)?.value)
    if (!isMethod) {
      throw new TypeError(
        `@method() on ${String(name)}: only a public instance method can be served, not a field, accessor, static or private member`,
      )
    }
    assertMethodName(name)
    declarations.set((standard ? target : (descriptor as PropertyDescriptor).value) as AnyMethod, declaration)
  }
  return Object.assign(mark, declaration) as MethodMark
}

/** What `@method()` said of a function; nothing if it is not marked. */
export function declarationOfMethod(candidate: unknown): MethodDeclaration | undefined {
  return isFunction(candidate) ? declarations.get(candidate) : undefined
}

/** Checks the name of a method to be served and returns it. Throws `TypeError` naming it. */
export function assertMethodName(name: string | symbol): string {
  if (typeof name === 'symbol') throw new TypeError(`method ${String(name)} cannot be served: its name is a symbol`)
  if (!isReserved(name)) return assertName('method', name)
  throw new TypeError(`method "${name}" cannot be served: a client needs this name for itself; rename the method`)
}

/** Names that a client answers itself, so that it can be awaited, printed and given options. */
export const isReserved = (name: string): boolean => name in Object.prototype || OWN_TO_CLIENTS.has(name)

declare const signature: unique symbol
declare const handled: unique symbol

const OWN_TO_CLIENTS: ReadonlySet<string> = new Set(['with', 'then', 'toJSON'])

const declarations = new WeakMap<AnyMethod, MethodDeclaration>()

const isFunction = (candidate: unknown): candidate is AnyMethod => typeof candidate === 'function'
