import { formatServiceKey, isName } from '@kumquat/core'
import { isReserved } from '../contract/method.ts'
import type { AnyMethod } from '../contract/signature.ts'
import { assertCallOptions, type CallOptions, mergedOptions } from './call-options.ts'
import { calling } from './calling.ts'
import type { EachMethods, RemoteMethods } from './remote-methods.ts'
import { type StreamingParts, streaming } from './streaming.ts'

/**
 * The remote face of `T`: a class, an interface, or the type of a contract. Its methods return promises, or iterables where
 * they stream, and everything else of it is gone. Of a class the compiler cannot tell which methods are marked: calling one that is not is answered
 * `unimplemented`. A client is not a promise: awaiting it gives the client itself.
 */
export type Client<T> = RemoteMethods<T> & {
  /** The same client with other call options, those given here over those it has. */
  with(options: CallOptions): Client<T>
}

/** The face of each provider of `T` at once. Its methods resolve with what every one of them said, failures included. */
export type EachClient<T> = EachMethods<T> & {
  /** The same with other call options, those given here over those it has. */
  with(options: Omit<CallOptions, 'peer'>): EachClient<T>
}

/** Turns calls of methods into invocations. Makes no connection and starts nothing. */
export function client<T>(parts: StreamingParts): Client<T> {
  const methods = new Map<string, AnyMethod>()
  const call = calling(parts)
  const stream = streaming(parts)
  const face: ProxyHandler<object> = {
    get(_, name) {
      if (typeof name === 'symbol') return undefined
      const known = methods.get(name)
      if (known !== undefined) return known
      if (isReserved(name)) return Reflect.get(own, name)
      if (!isName(name)) return undefined
      const kind = parts.target.streams?.get(name)
      const method = kind === undefined ? (...args: unknown[]) => call(name, args) : stream(name, kind)
      methods.set(name, method)
      return method
    },
    set: () => false,
  }
  const own = {
    with: (options: CallOptions) =>
      client({ ...parts, options: mergedOptions(parts.options, assertCallOptions(options)) }),
    // Asked of what is behind the proxy, by whoever prints it.
    [Symbol.for('nodejs.util.inspect.custom')]: () => `client of ${formatServiceKey(parts.target.service)}`,
  }
  return new Proxy(own, face) as Client<T>
}
