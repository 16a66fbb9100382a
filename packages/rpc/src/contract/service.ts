import { assertName, type ServiceKey } from '@kumquat/core'

/** What the author of a service says of it. */
export interface ServiceOptions extends ServiceKey {
  /** What providers advertise and clients of this class or contract ask for. Default '', which is any. */
  readonly version?: string
  /** Whether callers may read the messages of errors that are no `RpcError`. Stacks never cross the wire. Default false. */
  readonly exposeErrors?: boolean
}

/** `ServiceOptions`, complete. */
export interface ServiceDeclaration {
  readonly service: ServiceKey
  readonly version: string
  readonly exposeErrors: boolean
}

export type ServiceMark = (target: abstract new (...args: never[]) => object, context?: ClassDecoratorContext) => void

/**
 * Marks a class as a service. Works as a standard decorator and under `experimentalDecorators`.
 *
 * @throws TypeError on a bad app, group or version.
 */
export function service(options: ServiceOptions): ServiceMark {
  const declaration = declareService(options)
  return (target) => {
    if (typeof target !== 'function') throw new TypeError('@service() belongs on a class')
    declarations.set(target, declaration)
  }
}

/** What `@service()` said of this very class; nothing if it is not marked. */
export function declarationOfClass(candidate: unknown): ServiceDeclaration | undefined {
  return typeof candidate === 'function' ? declarations.get(candidate) : undefined
}

/** What to throw on a class that is asked for as a service and has no `@service()`. */
export function undeclared({ name }: { readonly name: string }): TypeError {
  const known = name || 'T'
  return new TypeError(
    `the class ${known} is not a service: put @service({ app, group }) on it, or name the service: client<${known}>({ app, group })`,
  )
}

/** Checks options and fills in defaults. Throws `TypeError` naming the bad value. */
export function declareService({ app, group, version = '', exposeErrors = false }: ServiceOptions): ServiceDeclaration {
  const service = { app: assertName('app', app), group: assertName('group', group) }
  if (version !== '') assertName('version', version)
  return { service, version, exposeErrors }
}

const declarations = new WeakMap<object, ServiceDeclaration>()
