import { type Clock, type Invocation, type Invoker, isName, LANE } from '@kumquat/core'
import { type Attachments, NO_ATTACHMENTS } from '../context/attachments.ts'
import type { Contract, MethodsOf } from '../contract/contract.ts'
import { isReserved } from '../contract/method.ts'
import type { AnyMethod } from '../contract/signature.ts'
import type { Target } from '../contract/target.ts'
import { assertCallOptions, type CallOptions } from './call-options.ts'

/**
 * The remote face of `T`: a class, an interface, or the type of a contract. Its methods return promises, and everything
 * else of it is gone. Of a class the compiler cannot tell which methods are marked: calling one that is not is answered
 * `unimplemented`. A client is not a promise: awaiting it gives the client itself.
 */
export type Client<T> = RemoteMethods<Described<T>> & {
  /** The same client with other call options, those given here over those it has. */
  with(options: CallOptions): Client<T>
}

export interface ClientParts {
  readonly target: Target
  readonly invoke: Invoker
  readonly options: CallOptions
  /** Of a call of which neither its options nor its method say anything. */
  readonly timeoutMs: number
  /** The name of this app. Default: it has none. */
  readonly caller?: string
  readonly clock: Clock
}

/** Turns calls of methods into invocations. Makes no connection and starts nothing. */
export function client<T>(parts: ClientParts): Client<T> {
  const methods = new Map<string, AnyMethod>()
  const call = callerOf(parts)
  const face: ProxyHandler<object> = {
    get(_, name) {
      if (typeof name === 'symbol') return undefined
      const known = methods.get(name)
      if (known !== undefined) return known
      if (isReserved(name)) return Reflect.get(own, name)
      if (!isName(name)) return undefined
      const method = (...args: unknown[]): Promise<unknown> => call(name, args)
      methods.set(name, method)
      return method
    },
    set: () => false,
  }
  const own = {
    with: (options: CallOptions) => client<T>({ ...parts, options: merged(parts.options, options) }),
  }
  return new Proxy(own, face) as Client<T>
}

type Described<T> = T extends Contract
  ? MethodsOf<T>
  : T extends abstract new (
        ...args: never[]
      ) => infer Instance
    ? Instance
    : T

type RemoteMethods<T> = {
  readonly [M in keyof T as T[M] extends AnyMethod ? Exclude<M, 'with' | 'then' | symbol> : never]: T[M] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never
}

function callerOf({ target, invoke, options, timeoutMs, caller, clock }: ClientParts) {
  const { service, idempotent, timeouts } = target
  const attachments = attachmentsOf(options)
  const seldom = seldomOf(options, caller)
  const timeoutOf = (method: string): number => options.timeoutMs ?? timeouts?.get(method) ?? timeoutMs
  return async (method: string, args: readonly unknown[]): Promise<unknown> => {
    const invocation: Invocation = {
      service,
      method,
      args,
      attachments,
      idempotent: idempotent.has(method),
      deadline: clock.now() + timeoutOf(method),
      // Last: what is added after a spread costs more than all the rest.
      ...seldom,
    }
    return (await invoke(invocation)).value
  }
}

/** The same for every call of a client; undefined if there is nothing to say. */
function seldomOf({ signal, constraints }: CallOptions, caller = ''): Partial<Invocation> | undefined {
  if (signal === undefined && constraints === undefined && caller === '') return undefined
  return { ...(signal && { signal }), ...(constraints && { constraints }), ...(caller !== '' && { caller }) }
}

function attachmentsOf({ attachments = NO_ATTACHMENTS, lane }: CallOptions): Attachments {
  return lane === undefined ? attachments : { ...attachments, [LANE]: lane }
}

function merged(before: CallOptions, after: CallOptions): CallOptions {
  assertCallOptions(after)
  const attachments = { ...before.attachments, ...after.attachments }
  return { ...before, ...after, attachments }
}
