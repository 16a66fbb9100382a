import type { Entry, Live, Revision, SessionState, WriteOptions } from '@kumquat/core'

/**
 * What to do about somebody else who is alive and holds the path. `replace`: take over. `exclusive`: reject with
 * `already_exists`, once it is certain that he is alive. `keep`: reject so at once, for it was ours and he has taken over.
 */
export type ClaimMode = 'replace' | 'exclusive' | 'keep'

/**
 * What a backend must do itself; `storeOver` makes a whole `Store` of it. Paths and values have been checked by then.
 * Every method rejects as the one of `Store` does, and never waits longer than the backend's own time-out.
 */
export interface Backend {
  readonly session: Live<SessionState>
  get(path: string): Promise<Entry | undefined>
  /** `hinted`: asked because `observe` called; of what that did not tell may be answered from memory. */
  list(path: string, hinted?: boolean): Promise<readonly Entry[]>
  put(path: string, value: string, options: WriteOptions): Promise<Revision>
  delete(path: string, options: WriteOptions): Promise<void>
  /** Makes the ephemeral entry ours, with this value; safe to repeat. What nobody alive holds is replaced in any case. */
  claim(path: string, value: string, how: ClaimMode): Promise<void>
  /** Removes the entry if it is ours; does nothing otherwise. */
  release(path: string): Promise<void>
  /** Whether the entry stands, is ours and has this value. A backend without it is asked for the value alone. */
  holds?(path: string, value: string): Promise<boolean>
  /**
   * From now on calls `changed` whenever `holds(path)` may answer otherwise. May call it for nothing. Without it a loss is
   * found at the next audit.
   */
  observeEntry?(path: string, changed: () => void): Disposable
  /** From now on calls `changed` whenever `list(path)` may answer otherwise. May call it for nothing. */
  observe(path: string, changed: () => void): Disposable
  /** Ends the session and what it holds. What is still under way rejects. */
  close(): Promise<void>
}

/**
 * Makes a backend. It calls `restored` whenever it may have lost ephemeral entries or changes, and says `connected` only
 * once that has resolved; it never rejects. Not to be called before the maker has returned.
 */
export type OpenBackend = (restored: () => Promise<void>) => Backend
