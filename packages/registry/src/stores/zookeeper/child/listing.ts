import { type Entry, uniqueId } from '@kumquat/core'
import type { SetNews } from '../protocol.ts'

/**
 * What is known of the children of one watched path, and what of it may have changed since it was read. What is touched
 * while it is being read is stale again.
 */
export class Listing {
  readonly #entries = new Map<string, Entry>()
  readonly #stale = new Set<string>()
  readonly #changed = new Set<string>()
  #namesStale = true
  /** Another one with each change, and for each listing. */
  #version: string | undefined

  /** Whether the names are to be read; whoever is told so must do it. */
  takeNames(): boolean {
    const stale = this.#namesStale
    this.#namesStale = false
    return stale
  }

  /** The names of children to read; whoever takes them must read them. */
  takeStale(): readonly string[] {
    const stale = [...this.#stale]
    this.#stale.clear()
    return stale
  }

  touchNames(): void {
    this.#namesStale = true
  }

  touch(name: string): void {
    this.#stale.add(name)
  }

  touchAll(): void {
    this.#namesStale = true
    for (const name of this.#entries.keys()) this.#stale.add(name)
  }

  /** The children are these: new ones are to be read. */
  named(names: readonly string[]): void {
    const found = new Set(names)
    for (const name of [...this.#entries.keys()]) if (!found.has(name)) this.read(name, undefined)
    for (const name of this.#stale) if (!found.has(name)) this.#stale.delete(name)
    for (const name of names) if (!this.#entries.has(name)) this.#stale.add(name)
  }

  /** Undefined when there is no such child. */
  read(name: string, entry: Entry | undefined): void {
    if (this.#entries.get(name)?.revision === entry?.revision) return
    if (entry) this.#entries.set(name, entry)
    else this.#entries.delete(name)
    this.#changed.add(name)
  }

  /** All of it, or what is new to who has `version`. */
  news(version: string | undefined): SetNews {
    const whole = version === undefined || version !== this.#version
    if (this.#changed.size > 0 || this.#version === undefined) this.#version = uniqueId()
    const names = whole ? [...this.#entries.keys()] : [...this.#changed]
    this.#changed.clear()
    const entries = names.flatMap((name) => this.#entries.get(name) ?? [])
    return { version: this.#version, whole, entries, gone: names.filter((name) => !this.#entries.has(name)) }
  }
}
