import { declarationOfMethod } from './method.ts'
import type { MethodDeclaration } from './method-options.ts'
import { declarationOfClass, type ServiceDeclaration } from './service.ts'
import type { AnyMethod } from './signature.ts'

export interface Declarations {
  /** Absent when no class of the chain is a service. */
  readonly declaration: ServiceDeclaration | undefined
  readonly methods: ReadonlyMap<string, DeclaredMethod>
}

export interface DeclaredMethod extends MethodDeclaration {
  readonly run: AnyMethod
}

/**
 * What the classes of a prototype chain say of themselves, the most derived first: an override without `@method()` hides
 * what it overrides.
 */
export function declarationsAlong(prototype: object | null): Declarations {
  const methods = new Map<string, DeclaredMethod>()
  const seen = new Set<string>()
  let declaration: ServiceDeclaration | undefined
  for (let own = prototype; own !== null && own !== Object.prototype; own = Object.getPrototypeOf(own)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(own))) {
      if (name === 'constructor') declaration ??= declarationOfClass(value)
      const said = declarationOfMethod(value)
      if (said !== undefined && !seen.has(name)) methods.set(name, { ...said, run: value })
      seen.add(name)
    }
  }
  return { declaration, methods }
}
