import { assertMethodName, type Handler, type MethodEntry } from './method.ts'
import { Offer, type OfferedMethod } from './offer.ts'
import { declareService, type ServiceDeclaration, type ServiceOptions } from './service.ts'
import type { AnyMethod } from './signature.ts'

/** Methods by name, each made by `method()`. */
export type Methods = Readonly<Record<string, MethodEntry>>

/** A service described apart from what implements it: provider and consumer share it, types included. */
export interface Contract<M extends Methods = Methods> extends Required<ServiceOptions> {
  readonly methods: M
}

export interface ContractOptions<M extends Methods> extends ServiceOptions {
  readonly methods: M
}

/** The methods of a contract as an interface of functions. */
export type MethodsOf<C extends Contract> = { readonly [K in keyof C['methods']]: SignatureOf<C['methods'][K]> }

/** What implements a contract: every method, each at liberty to be asynchronous. */
export type Handlers<M extends Methods> = { readonly [K in keyof M]: Handler<HandledOf<M[K]>> }

/**
 * Describes a service by its contract, for those who want that first.
 *
 * @throws TypeError on a bad name, or without a method.
 */
export function defineService<const M extends Methods>({ methods, ...options }: ContractOptions<M>): Contract<M> {
  const { service, version, exposeErrors } = declareService(options)
  const names = Object.keys(methods)
  if (names.length === 0)
    throw new TypeError(`the contract of ${service.app}/${service.group} has no method: list one in "methods"`)
  for (const name of names) assertMethodName(name)
  return Object.freeze({ ...service, version, exposeErrors, methods: Object.freeze({ ...methods }) })
}

/**
 * Joins a contract with the functions that fulfil it, for the `services` of a provider. What the contract does not list
 * is not served, whatever else `handlers` has.
 *
 * @throws TypeError on a missing handler, naming it.
 */
export function implement<M extends Methods>(contract: Contract<M>, handlers: Handlers<M>): Offer {
  const { app, group } = contract
  const methods = new Map<string, OfferedMethod>()
  for (const [name, entry] of Object.entries(contract.methods)) {
    const handler: unknown = handlers[name]
    if (typeof handler !== 'function') {
      throw new TypeError(`${app}/${group}: no handler for "${name}", a method of its contract`)
    }
    const run = (args: readonly unknown[]): unknown => Reflect.apply(handler, handlers, args)
    methods.set(name, { ...entry, run })
  }
  return new Offer(declarationOf(contract), methods)
}

export function declarationOf({ app, group, version, exposeErrors }: Contract): ServiceDeclaration {
  return { service: { app, group }, version, exposeErrors }
}

type SignatureOf<Entry> = Entry extends MethodEntry<infer F, AnyMethod> ? F : AnyMethod

type HandledOf<Entry> = Entry extends MethodEntry<AnyMethod, infer H> ? H : AnyMethod
