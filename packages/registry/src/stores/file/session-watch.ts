import { readdir, readFile, rm, stat } from 'node:fs/promises'
import type { Clock } from '@kumquat/core'
import { type SessionFile, sessionFileOf, sessionsOf } from './file-session.ts'
import { isMissing } from './io-error.ts'
import { isOver, ownIdentity } from './process-identity.ts'

/** `silent`: it has not been renewed in time, but may be again. `over`: it never will be. */
export type SessionHealth = 'alive' | 'silent' | 'over'

interface Seen {
  readonly holder: SessionFile
  /** Its last renewal that we know of, by its holder's clock, and when we learned of it, by ours. */
  readonly renewedAt: number
  readonly noticedAt: number
}

const UNKNOWN_LEASE_MS = 5_000

/** Judges the sessions of a folder. One that was seen before is timed by our own clock: wall clocks may jump. */
export class SessionWatch {
  readonly #dir: string
  readonly #clock: Clock
  readonly #own = ownIdentity()
  readonly #seen = new Map<string, Seen>()

  constructor(dir: string, clock: Clock) {
    this.#dir = dir
    this.#clock = clock
  }

  async health(id: string): Promise<SessionHealth> {
    const seen = await this.#look(id)
    if (!seen || (await isOver(seen.holder, await this.#own))) return 'over'
    return this.#clock.now() - seen.noticedAt <= seen.holder.leaseMs ? 'alive' : 'silent'
  }

  /** Whether the process behind a session's file, or behind a hard link to it, is gone for good. */
  async isAbandoned(file: string): Promise<boolean> {
    try {
      const holder = parseHolder(await readFile(file, 'utf8'))
      const own = await this.#own
      if (holder.machine === own.machine) return await isOver(holder, own)
      return this.#clock.epoch() - (await stat(file)).mtimeMs > holder.leaseMs
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
  }

  /** Tidies up after holders that left no other trace. */
  async removeAbandoned(): Promise<void> {
    for (const id of await readdir(sessionsOf(this.#dir)).catch(() => [])) {
      const file = sessionFileOf(this.#dir, id)
      if (await this.isAbandoned(file)) await rm(file, { force: true })
    }
  }

  /** The holder of a session, for people. */
  describe(id: string): string {
    const holder = this.#seen.get(id)?.holder
    return holder ? `process ${holder.pid}` : 'another process'
  }

  async #look(id: string): Promise<Seen | undefined> {
    const file = sessionFileOf(this.#dir, id)
    try {
      const { mtimeMs } = await stat(file)
      const known = this.#seen.get(id)
      if (known?.renewedAt === mtimeMs) return known
      const age = known ? 0 : Math.max(0, this.#clock.epoch() - mtimeMs)
      const holder = known?.holder ?? parseHolder(await readFile(file, 'utf8'))
      const seen = { holder, renewedAt: mtimeMs, noticedAt: this.#clock.now() - age }
      this.#seen.set(id, seen)
      return seen
    } catch (error) {
      if (!isMissing(error)) throw error
      this.#seen.delete(id)
      return undefined
    }
  }
}

/** Of a file that is none of ours, nothing is believed but its age. */
function parseHolder(text: string): SessionFile {
  const nobody = { pid: 0, startedAt: '', machine: '', leaseMs: UNKNOWN_LEASE_MS }
  try {
    const { pid, startedAt, machine, leaseMs }: Partial<SessionFile> = JSON.parse(text) ?? {}
    const known = Number.isInteger(pid) && Number(pid) > 0 && Number(leaseMs) > 0
    if (!known) return nobody
    return { pid: Number(pid), startedAt: String(startedAt), machine: String(machine), leaseMs: Number(leaseMs) }
  } catch {
    return nobody
  }
}
