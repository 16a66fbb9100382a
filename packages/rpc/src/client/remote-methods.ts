import type { PeerAnswer } from '@kumquat/cluster'
import type { Contract, MethodsOf } from '../contract/contract.ts'
import type { AnyMethod } from '../contract/signature.ts'
import type { Yielded } from '../contract/stream-kind.ts'
import type { GivenOptions } from './given-options.ts'

/**
 * The methods of `T`, a class, an interface or the type of a contract, as they are called from afar: each gives a promise, or
 * an iterable where it streams, and takes `callOptions()` as one more argument. Up to four overloads are kept, type parameters only of what returns a
 * promise anyway.
 */
export type RemoteMethods<T> = Remotes<Described<T>>

/** The same where each provider is called: a promise of what every one of them said. */
export type EachMethods<T> = Eachs<Described<T>>

type Described<T> = T extends Contract
  ? MethodsOf<T>
  : T extends abstract new (
        ...args: never[]
      ) => infer Instance
    ? Instance
    : T

type Remotes<T> = {
  readonly [M in keyof T as Callable<T, M>]: T[M] extends (...args: infer A) => infer R
    ? Same<T[M], (...args: A) => R> extends true
      ? Remote<A, R>
      : R extends PromiseLike<unknown>
        ? T[M] & Overloads<T[M]>
        : Overloads<T[M]>
    : never
}

type Eachs<T> = {
  readonly [M in keyof T as Callable<T, M>]: T[M] extends (...args: infer A) => infer R
    ? (...args: WithOptions<A>) => Promise<readonly PeerAnswer<Awaited<R>>[]>
    : never
}

/** Names that a client needs for itself are gone, and what is no method. */
type Callable<T, M extends keyof T> = T[M] extends AnyMethod ? Exclude<M, 'with' | 'then' | 'toJSON' | symbol> : never

type Remote<A extends readonly unknown[], R> = (...args: WithOptions<A>) => Remotely<R>

/** A stream is there at once; everything else comes by a promise. */
type Remotely<R> = [Yielded<R>] extends [never] ? Promise<Awaited<R>> : AsyncIterable<Yielded<R>>

/** After a rest parameter nothing may be optional. */
type WithOptions<A extends readonly unknown[]> = number extends A['length']
  ? A | [...A, options: GivenOptions]
  : [...A, options?: GivenOptions]

/** False for what has overloads or type parameters: `A` and `R` say of it less than all. */
type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false

type Overloads<F> = F extends {
  (...args: infer A1): infer R1
  (...args: infer A2): infer R2
  (...args: infer A3): infer R3
  (...args: infer A4): infer R4
}
  ? Remote<A1, R1> & Remote<A2, R2> & Remote<A3, R3> & Remote<A4, R4>
  : never
