import type { ReplyWriter } from '../http/reply-body.ts'
import { declarationsAlong } from './declarations.ts'
import type { MethodDeclaration } from './method-options.ts'
import { type PublishedContract, publishedContract } from './published/published-contract.ts'
import type { ServiceDeclaration } from './service.ts'

/** One service as a provider serves it: what its author declared, and the functions that do the work. */
export class Offer {
  readonly declaration: ServiceDeclaration
  readonly methods: ReadonlyMap<string, OfferedMethod>
  #published: PublishedContract | undefined

  constructor(declaration: ServiceDeclaration, methods: ReadonlyMap<string, OfferedMethod>) {
    this.declaration = declaration
    this.methods = methods
  }

  /** Its contract as it is published. Made when first asked for. */
  get published(): PublishedContract {
    this.#published ??= publishedContract(this.declaration.service, this.methods)
    return this.#published
  }
}

export interface OfferedMethod extends MethodDeclaration {
  readonly run: (args: readonly unknown[]) => unknown
  /** Writes its replies. Default `JSON.stringify`. */
  readonly write?: ReplyWriter
}

/**
 * What an object offers: it is made by `implement()`, or an instance of a `@service()` class, of which the `@method()`s are
 * served and nothing else.
 *
 * @throws TypeError for anything else, and for a class without a single `@method()`.
 */
export function offerOf(candidate: object): Offer {
  if (candidate instanceof Offer) return candidate
  if (typeof candidate === 'function') {
    throw new TypeError(
      `the class ${candidate.name} is not a service, its instances are: pass an instance: new ${candidate.name}()`,
    )
  }
  const { declaration, methods } = declarationsAlong(Object.getPrototypeOf(candidate))
  const name = nameOf(candidate)
  if (declaration === undefined) {
    throw new TypeError(
      `${name} is not a service: put @service({ app, group }) on its class, or use implement(contract, handlers)`,
    )
  }
  if (methods.size === 0) {
    throw new TypeError(`${name} serves no method: put @method() on one, above any other decorator of that method`)
  }
  const offered = [...methods].map(([method, { run, ...said }]): [string, OfferedMethod] => [
    method,
    { ...said, run: (args) => Reflect.apply(run, candidate, args) },
  ])
  return new Offer(declaration, new Map(offered))
}

function nameOf(candidate: object): string {
  const name: unknown = candidate.constructor?.name
  return typeof name === 'string' && name !== 'Object' ? `an instance of ${name}` : 'this object'
}
