import { mkdir, rename, unlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, uniqueId } from '@kumquat/core'
import { storeClosed } from '../refusals.ts'
import { isMissing } from './io-error.ts'
import { ownIdentity, type ProcessIdentity } from './process-identity.ts'

/** What the file of a session says of its holder. */
export interface SessionFile extends ProcessIdentity {
  /** How long the session outlives its last renewal. */
  readonly leaseMs: number
}

/** The folder of all sessions: its name is one that no entry has. */
export const sessionsOf = (dir: string): string => join(dir, '.sessions')

export const sessionFileOf = (dir: string, id: string): string => join(sessionsOf(dir), id)

/**
 * The sign of life of one store: a file, renewed by touching it. Every ephemeral entry names the session it belongs to, so
 * that one renewal serves them all. Begun with the first write, and anew when somebody took it away.
 */
export class FileSession {
  readonly #dir: string
  readonly #leaseMs: number
  readonly #clock: Clock
  readonly #lost: () => void
  #begun: Promise<string> | undefined
  #ended = false

  constructor(dir: string, leaseMs: number, clock: Clock, lost: () => void) {
    this.#dir = dir
    this.#leaseMs = leaseMs
    this.#clock = clock
    this.#lost = lost
  }

  /** Whether it has begun. */
  get active(): boolean {
    return this.#begun !== undefined
  }

  /** The name of the session, which is begun if need be. */
  async id(): Promise<string> {
    this.#begun ??= this.#begin()
    return this.#begun
  }

  /** The file of the session, which is begun if need be. */
  async file(): Promise<string> {
    return sessionFileOf(this.#dir, await this.id())
  }

  /** Says `lost` when its file is gone: whoever waited in vain for a renewal may take it away. */
  async renew(): Promise<void> {
    const begun = this.#begun
    if (!begun) return
    try {
      const now = this.#clock.epoch() / 1_000
      await utimes(sessionFileOf(this.#dir, await begun), now, now)
    } catch (error) {
      if (!isMissing(error)) throw error
      if (this.#begun !== begun) return
      this.#begun = undefined
      this.#lost()
    }
  }

  async end(): Promise<void> {
    const begun = this.#begun
    this.#ended = true
    this.#begun = undefined
    if (begun) await unlink(sessionFileOf(this.#dir, await begun))
  }

  async #begin(): Promise<string> {
    if (this.#ended) throw storeClosed()
    const id = uniqueId()
    const file = sessionFileOf(this.#dir, id)
    const holder: SessionFile = { ...(await ownIdentity()), leaseMs: this.#leaseMs }
    try {
      await mkdir(sessionsOf(this.#dir), { recursive: true })
      await writeFile(`${file}.new`, `${JSON.stringify(holder)}\n`)
      await rename(`${file}.new`, file)
    } catch (error) {
      this.#begun = undefined
      throw error
    }
    return id
  }
}
