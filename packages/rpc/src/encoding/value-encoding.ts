/** How arguments and replies travel on a connection that has left HTTP. Errors and facts are JSON always. */
export type ValueEncoding = 'json' | 'msgpack'

/** An encoding other than JSON, which is nothing but text. One serves any number of connections. */
export interface BinaryEncoding {
  /** As it is agreed upon, see `ENCODING`. */
  readonly name: Exclude<ValueEncoding, 'json'>
  /** What JSON would carry, and bytes. Throws `TypeError` on what JSON cannot carry. */
  encode(value: unknown): Uint8Array
  /**
   * What `bytes` say; it keeps nothing of them. Throws `RpcError` `invalid_argument`, `not-run` on what it does not know, what
   * nests deeper than `maxDepth`, and keys that would reach a prototype.
   */
  decode(bytes: Uint8Array, maxDepth: number): unknown
}

/** Levels that any value may have, on its way out too. */
export const MAX_VALUE_DEPTH = 1_000
