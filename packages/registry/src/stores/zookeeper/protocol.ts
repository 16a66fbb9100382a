import type { Entry, Revision } from '@kumquat/core'

// What parent and child say to each other over IPC, as JSON.

/** How the child reaches the servers. */
export interface Setting {
  /** `host:port,host:port`. */
  readonly servers: string
  /** Every path is below it. Empty, or beginning with "/". */
  readonly root: string
  readonly sessionTimeoutMs: number
  /** A client that has not got a session by then is replaced by a new one, which looks the names up anew. */
  readonly connectTimeoutMs: number
  /** A parent that answers nothing for so long does not do its work either. */
  readonly hungAfterMs: number
  /** `user:password`. Told over IPC only: arguments and environment of a process can be read by others. */
  readonly credentials?: string
  /** What we make is for others to read only. Needs credentials. */
  readonly creatorOnly: boolean
}

/** Each question, and what a good answer to it is. */
export interface Questions {
  get: { ask: { path: string }; answer: Entry | null }
  list: { ask: { path: string }; answer: readonly Entry[] }
  /**
   * From now on say `changed` whenever this may be answered otherwise, until told to `forget` it. `hinted`: what was not said
   * to have changed need not be read. The answer is what is new to who has `version`.
   */
  watch: { ask: { path: string; hinted: boolean; version?: string }; answer: SetNews }
  put: { ask: { path: string; value: string; ifRevision?: Revision | null }; answer: Revision }
  delete: { ask: { path: string; ifRevision?: Revision | null }; answer: null }
  /** Answers with the session that holds the path, unless that is one of `ours` or may be replaced. */
  claim: { ask: { path: string; value: string; replace: boolean; ours: readonly string[] }; answer: string | null }
  release: { ask: { path: string }; answer: null }
  /** Says `changed` once when a node that is ours may not be so any longer; so does `claim`. */
  holds: { ask: { path: string; value: string }; answer: boolean }
}

/** A set of entries, or what has become of it. */
export interface SetNews {
  readonly version: string
  /** `entries` are all there are. */
  readonly whole: boolean
  readonly entries: readonly Entry[]
  /** Names. */
  readonly gone: readonly string[]
}

export type QuestionName = keyof Questions

export type Question = {
  [Name in QuestionName]: { readonly op: Name } & Readonly<Questions[Name]['ask']>
}[QuestionName]

export type ToChild =
  | { readonly start: Setting }
  | { readonly id: number; readonly question: Question }
  /** This path is watched no more. */
  | { readonly forget: string }
  /** The answer of a parent whose event loop turns. */
  | { readonly alive: true }
  | { readonly close: true }

export type FromChild =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: Failure }
  | { readonly session: SessionNews }
  | { readonly areYouAlive: true }
  /** The path of the node that changed: one that was listed, or a child of one. */
  | { readonly changed: string }
  /** The driver cannot be loaded: another child would fare no better. */
  | { readonly unusable: string }

/** A negative number of ZooKeeper's, and its words. */
export interface Failure {
  readonly code: number
  readonly text: string
}

export type SessionNews =
  | { readonly state: 'connected'; readonly id: string; readonly timeoutMs: number }
  | { readonly state: 'suspended' }
  | { readonly state: 'lost' }
