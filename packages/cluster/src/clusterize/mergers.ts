/** What becomes of the results of all clients, in the order of the clients. The name of one of `MERGERS`, or a function. */
export type Merger<R> =
  | 'all'
  | 'byClient'
  | 'first'
  | (R extends readonly unknown[] ? 'concat' | 'union' : never)
  | (R extends number ? 'sum' | 'min' | 'max' : never)
  | (R extends boolean ? 'every' | 'some' : never)
  | ((results: readonly R[], clients: readonly string[]) => unknown)

/** The type of the merged result of results of type `R`. */
export type Merged<M, R> = M extends (...args: never[]) => infer X
  ? Awaited<X>
  : M extends 'all'
    ? readonly R[]
    : M extends 'byClient'
      ? ReadonlyMap<string, R>
      : R

/** A merger as it is run. */
export type Merge = (results: readonly unknown[], clients: readonly string[]) => unknown

/** The function that a merger names. Throws `TypeError` for an unknown name. */
export function mergerOf(method: string, merger: unknown): Merge {
  if (typeof merger === 'function') return merger as Merge
  if (typeof merger === 'string' && Object.hasOwn(MERGERS, merger)) return MERGERS[merger as MergerName]
  const known = Object.keys(MERGERS).join(', ')
  throw new TypeError(`fanOut.${method} is ${JSON.stringify(merger)}: name one of ${known}, or give a function`)
}

/** The mergers that have names. */
export const MERGERS: Readonly<Record<MergerName, Merge>> = Object.freeze({
  /** Every result. */
  all: (results) => results,
  /** Every result under the name of its client. */
  byClient: (results, clients) => new Map(results.map((result, index) => [clients[index]!, result])),
  /** That of the first client, once all have answered: where all say the same. */
  first: (results) => results[0],
  concat: (results) => results.flat(),
  /** Like `concat`, each item once. */
  union: (results) => [...new Set(results.flat())],
  sum: (results) => results.reduce<number>((sum, result) => sum + Number(result), 0),
  min: (results) => Math.min(...results.map(Number)),
  max: (results) => Math.max(...results.map(Number)),
  every: (results) => results.every(Boolean),
  some: (results) => results.some(Boolean),
})

type MergerName = 'all' | 'byClient' | 'first' | 'concat' | 'union' | 'sum' | 'min' | 'max' | 'every' | 'some'
