import type { Live } from './live.ts'

/** Changes with every write of an entry. Opaque: compare for equality only. */
export type Revision = string

/** One node of the watched tree. */
export interface Entry {
  /** Absolute within the store's root, e.g. `/movie/catalog/providers/10.0.0.1:20080`. */
  readonly path: string
  /** The last segment of `path`. */
  readonly name: string
  /** UTF-8 text; empty for a node that merely has children. */
  readonly value: string
  readonly revision: Revision
}

/** `suspended`: the line is down, what we hold may still stand. `lost`: what we held is gone, and being made again. */
export type SessionState = 'connected' | 'suspended' | 'lost' | 'closed'

export interface WriteOptions {
  /** Compare and set: write only over this revision, `null` = only if absent. Else `RpcError` `aborted`, `not-run`. */
  readonly ifRevision?: Revision | null
}

export interface HoldOptions {
  /**
   * Only if nobody alive holds the path, else `RpcError` `already_exists`, `not-run`. What a dead holder left is replaced, after
   * as much time as the backend needs to be sure of the death. Default false: whatever stands there is replaced at once.
   */
  readonly exclusive?: boolean
}

/** An ephemeral entry of ours. It is made again after every loss, until it is disposed; then it is gone for good. */
export interface Held extends AsyncDisposable {
  readonly path: string
  /** Replaces the value in place. */
  update(value: string): Promise<void>
}

/** A `Live` set that stays true by itself, until disposed. */
export interface Watch<out T> extends Live<T>, AsyncDisposable {}

/**
 * A small watched tree of small values: all that providers, consumers, configuration and overrides need of a registry.
 *
 * Paths are absolute, `/` is the root. Parents come into being with their first child. Any operation rejects with
 * `RpcError` `unavailable` when the backend does not answer in time, with `failed_precondition` once disposed.
 */
export interface Store extends AsyncDisposable {
  get(path: string): Promise<Entry | undefined>
  /** The children of `path` with their values, sorted by name; empty if there is no such node. */
  list(path: string): Promise<readonly Entry[]>
  put(path: string, value: string, options?: WriteOptions): Promise<Revision>
  /** Removing what is not there is no error. */
  delete(path: string, options?: WriteOptions): Promise<void>
  /** An entry that lives as long as this process holds it. */
  hold(path: string, value: string, options?: HoldOptions): Promise<Held>
  /** The children of `path`, whole set each time, re-armed by itself. Resolves with the first full answer. */
  watch(path: string): Promise<Watch<readonly Entry[]>>
  readonly session: Live<SessionState>
}

/** Checks a path and returns it. Throws `TypeError` naming the value. */
export function assertPath(path: string): string {
  if (path === '/' || PATH.test(path)) {
    if (!path.split('/').some((part) => part === '.' || part === '..')) return path
  }
  throw new TypeError(`path ${JSON.stringify(path)} is not "/" or "/a/b" of printable segments without "." or ".."`)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be kept out
const PATH = /^(\/[^/\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]{1,255})+$/
