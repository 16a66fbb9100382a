import type { StreamKind } from '@kumquat/core'
import type { AnyMethod } from './signature.ts'

/** The kind of stream that a method of this type is; `never` for a call. */
export type StreamKindOf<F> = F extends AnyMethod
  ? [Yielded<ReturnType<F>>] extends [never]
    ? TakesStream<F> extends true
      ? 'client'
      : never
    : TakesStream<F> extends true
      ? 'both'
      : 'server'
  : never

/** The items of a stream that is returned, at once or by a promise; `never` for anything else. */
export type Yielded<R> = 0 extends 1 & R
  ? never
  : [Awaited<R>] extends [never]
    ? never
    : Awaited<R> extends AsyncIterable<infer Item>
      ? Item
      : never

/** Returns the kind, or throws `TypeError` naming the bad value. */
export function assertStreamKind(name: string, kind: StreamKind): StreamKind {
  if (KINDS.has(kind)) return kind
  throw new TypeError(`${name} must be 'server', 'client' or 'both', got ${JSON.stringify(kind)}`)
}

const KINDS: ReadonlySet<string> = new Set<StreamKind>(['server', 'client', 'both'])

type TakesStream<F extends AnyMethod> =
  Parameters<F> extends readonly [...unknown[], infer Last]
    ? 0 extends 1 & Last
      ? false
      : [Last] extends [never]
        ? false
        : [Last] extends [AsyncIterable<unknown>]
          ? true
          : false
    : false
