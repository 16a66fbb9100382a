import type { Store } from '@kumquat/core'
import type { StoreOptions } from '../stores/store-over.ts'

/** An empty tree to run one fact against. Disposed after it, with every store that was opened on it. */
export interface Backing extends AsyncDisposable {
  /** Opens one more store on the tree, as one more process would, and resolves once it is connected. */
  open(options?: StoreOptions): Promise<Store>
  /** Ends the session of every open store, as the backend would by itself. */
  expire(): Promise<void>
  /** Takes the backend away from every open store, and gives it back. */
  cut(): Promise<void>
  mend(): Promise<void>
  /** From now on no watch is told anything, though the line is up. */
  deafen?(): Promise<void>
}

export interface StoreContractOptions {
  /** What is under test, e.g. "file store". */
  readonly name: string
  /** Of the test framework. */
  readonly describe: (title: string, body: () => void) => unknown
  /** Of the test framework; fails when the promise rejects. Its time limit must exceed `withinMs`. */
  readonly it: (title: string, body: () => Promise<void>) => unknown
  /** Makes a fresh tree. */
  readonly prepare: () => Promise<Backing>
  /** Bad days that this backend cannot have. Default: none. */
  readonly leaveOut?: readonly BadDay[]
  /** Whether `prepare` answers with a `deafen`. Default false. */
  readonly canDeafen?: boolean
  /** Bound of every waiting for a change to be seen. Default 5 000. */
  readonly withinMs?: number
}

/** Parts of the suite that turn the switches of `Backing`. */
export type BadDay = 'a lost session' | 'a line that is down'

/** Adds one fact to the suite: a fresh tree, and a waiting with the bound of the backend. */
export type Fact = (title: string, body: (backing: Backing, until: Until) => Promise<void>) => void

/** Waits until `check` no longer throws. */
export type Until = (check: () => void | Promise<void>) => Promise<void>
