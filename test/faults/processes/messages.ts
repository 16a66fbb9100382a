import type { SessionState } from '@kumquat/core'

/** What the rig asks of a process of its own, over IPC. */
export type Order =
  | { readonly measure: true }
  /** Stops the event loop for as long, in ms. */
  | { readonly block: number }
  /** Begins or ends the steady calls. */
  | { readonly calling: boolean }
  /** Says goodbye and ends. */
  | { readonly leave: true }

/** What such a process tells. */
export type Word =
  | { readonly address: string }
  | { readonly session: SessionState }
  /** The providers that a consumer has, at every change. */
  | { readonly set: readonly string[] }
  | { readonly vitals: Vitals }

/** What must not grow. */
export interface Vitals {
  /** Open handles, by type. */
  readonly handles: Readonly<Record<string, number>>
  /** Listeners on the process and on its handles. */
  readonly listeners: number
  /** Of the process, after a garbage collection, and of its children. */
  readonly rssBytes: number
  readonly childrenRssBytes: number
  readonly calls: Calls
}

export interface Calls {
  readonly made: number
  readonly failed: number
  /** Of these: because nobody was there to be called. */
  readonly forWant: number
  /** Some of the failures, in words. */
  readonly examples: readonly string[]
}

export const NO_CALLS: Calls = { made: 0, failed: 0, forWant: 0, examples: [] }
