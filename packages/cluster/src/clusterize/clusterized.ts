import type { Merged, Merger } from './mergers.ts'

/** Clients by name. The name decides which keys are a client's, so it must outlive restarts: `10.0.0.1:6379`. */
export type Clients<C> = ReadonlyMap<string, C> | Readonly<Record<string, C>>

/** The names of the methods of `C`. */
export type MethodName<C> = { [K in keyof C]-?: C[K] extends AnyMethod ? K : never }[keyof C] & string

/** Methods that go to all clients, each with what becomes of the results. */
export type FanOut<C> = { readonly [M in MethodName<C>]?: Merger<Answer<C[M]>> }

/** Keeps names that are no methods out of a fan-out: a constraint lets them pass beside right ones. */
export type OnlyMethods<C, F> = Exclude<keyof F, MethodName<C>> extends never ? unknown : { readonly fanOut: never }

/**
 * Many clients as one: each method of theirs, as a promise. Methods that fan out give the merged result. Iterating gives
 * the clients. Disposing lets go of them, and closes none.
 */
export type Clusterized<C, F> = Methods<C, F> &
  Iterable<C> &
  AsyncDisposable & { readonly clients: ReadonlyMap<string, C> }

type Methods<C, F> = {
  readonly [M in Exclude<MethodName<C>, 'clients' | 'then'>]: M extends keyof Told<C, F>
    ? (...args: ArgumentsOf<C[M]>) => Promise<Merged<F[M], Answer<C[M]>>>
    : Promised<C[M]>
}

/** Without a `fanOut` the compiler takes for `F` all that might be one. */
type Told<C, F> = FanOut<C> extends F ? unknown : F

/** A method that gives a promise stays what it is, overloads and type parameters included. */
type Promised<M> = M extends (...args: never[]) => Promise<unknown>
  ? M
  : (...args: ArgumentsOf<M>) => Promise<Answer<M>>

type Answer<M> = M extends (...args: never[]) => infer R ? Awaited<R> : never
type ArgumentsOf<M> = M extends (...args: infer A) => unknown ? A : never
type AnyMethod = (...args: never[]) => unknown
