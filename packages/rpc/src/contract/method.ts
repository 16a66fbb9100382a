import { assertName } from '@kumquat/core'

export type AnyMethod = (...args: never[]) => unknown

/** What the author of a method says of it. */
export interface MethodOptions<F extends AnyMethod = AnyMethod> {
  /** Whether a second execution does no harm. Only then is a call repeated whose outcome is unknown. Default false. */
  readonly idempotent?: boolean
  /**
   * Looks at the arguments as they came over the wire, before the method is entered: `true`, or what is wrong with them,
   * which the caller gets as `invalid_argument`. Default: nothing is looked at.
   */
  readonly check?: (...args: Untrusted<Parameters<F>>) => true | string
}

/** What the framework remembers of a method. */
export interface MethodDeclaration {
  readonly idempotent: boolean
  readonly check?: (...args: unknown[]) => true | string
}

/** A decorator of methods, and at once the entry of a method in a contract, where `F` is its signature. */
export interface MethodMark<F extends AnyMethod = AnyMethod> extends MethodDeclaration {
  (method: AnyMethod, context: ClassMethodDecoratorContext): void
  (prototype: object, name: string | symbol, descriptor: PropertyDescriptor): void
  /** Exists for the compiler only. */
  readonly [signature]?: F
}

/**
 * Marks a method as served: `@method({ idempotent: true })` in a class, or `getMovie: method<(id: number) => Movie>()` in
 * a contract. Works as a standard decorator and under `experimentalDecorators`; stands above any other decorator.
 *
 * @throws TypeError on what is not a public instance method, or has a name that cannot be served.
 */
export function method<F extends AnyMethod = AnyMethod>(options: MethodOptions<F> = {}): MethodMark<F> {
  const declaration = declarationFrom(options as MethodOptions)
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
  return Object.assign(mark, declaration) as MethodMark<F>
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

type Untrusted<Args extends readonly unknown[]> = { [I in keyof Args]: unknown }

const OWN_TO_CLIENTS: ReadonlySet<string> = new Set(['with', 'then', 'toJSON'])

const declarations = new WeakMap<AnyMethod, MethodDeclaration>()

const isFunction = (candidate: unknown): candidate is AnyMethod => typeof candidate === 'function'

function declarationFrom({ idempotent = false, check }: MethodOptions): MethodDeclaration {
  if (typeof idempotent !== 'boolean')
    throw new TypeError(`idempotent must be true or false, got ${String(idempotent)}`)
  if (check === undefined) return { idempotent }
  if (!isFunction(check)) throw new TypeError(`check must be a function of the arguments, got ${String(check)}`)
  return { idempotent, check: check as (...args: unknown[]) => true | string }
}
