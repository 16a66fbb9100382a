import { byArgument, type Key } from '../keys/keys.ts'
import type { MethodName } from './clusterized.ts'
import { type Merge, mergerOf } from './mergers.ts'

/** Methods that go by a key. A list: the key is their first argument. Else, by method: the index of it, several, or a `Key`. */
export type Hashed<C> = readonly MethodName<C>[] | { readonly [M in MethodName<C>]?: number | readonly number[] | Key }

/** Where each method goes; those not named go to any client. */
export interface Plan {
  readonly keys: ReadonlyMap<string, Key>
  readonly merges: ReadonlyMap<string, Merging>
  readonly idempotent: ReadonlySet<string>
}

export interface Merging {
  readonly merge: Merge
  /** Whether to make do with the results of some. */
  readonly partial: boolean
}

export interface PlanOptions {
  readonly hash?: readonly string[] | Readonly<Record<string, number | readonly number[] | Key>>
  readonly fanOut?: Readonly<Record<string, unknown>>
  readonly partial?: readonly string[]
  readonly idempotent?: readonly string[]
}

/**
 * Reads where methods shall go. `example` is one of the clients, to know their methods by; without it any name will do.
 *
 * @throws TypeError on what is no method, no merger, goes two ways, or is partial and does not fan out.
 */
export function planOf(options: PlanOptions, example: object | undefined): Plan {
  const { hash = [], fanOut = {}, partial = [], idempotent = [] } = options
  const keys = keysOf(hash)
  for (const [option, methods] of Object.entries({ hash: keys.keys(), fanOut: Object.keys(fanOut), idempotent })) {
    for (const method of methods) assertMethod(option, method, example)
  }
  for (const method of partial) {
    if (!Object.hasOwn(fanOut, method)) throw new TypeError(`partial names ${method}, which does not fan out`)
  }
  const merges = new Map<string, Merging>()
  for (const [method, merger] of Object.entries(fanOut)) {
    if (keys.has(method)) throw new TypeError(`${method} cannot go by hash and fan out, too: name it once`)
    merges.set(method, { merge: mergerOf(method, merger), partial: partial.includes(method) })
  }
  return { keys, merges, idempotent: new Set(idempotent) }
}

function keysOf(hash: NonNullable<PlanOptions['hash']>): ReadonlyMap<string, Key> {
  if (isList(hash)) return new Map(hash.map((method) => [method, byArgument(0)]))
  return new Map(Object.entries(hash).map(([method, key]) => [method, keyOf(key)]))
}

const isList = (hash: NonNullable<PlanOptions['hash']>): hash is readonly string[] => Array.isArray(hash)

function keyOf(key: number | readonly number[] | Key): Key {
  if (typeof key === 'function') return key
  return typeof key === 'number' ? byArgument(key) : byArgument(...key)
}

function assertMethod(option: string, method: string, example: object | undefined): void {
  if (example === undefined || typeof Reflect.get(example, method) === 'function') return
  throw new TypeError(`${option} names ${JSON.stringify(method)}, which is no method of the clients`)
}
