import type { Entry } from '@kumquat/core'
import type { SetNews } from './protocol.ts'

/** The children of a path as last told, made of what is new in each answer. */
export class EntrySet {
  #version: string | undefined
  #entries: readonly Entry[] = []

  /** To be asked with. */
  get known(): { readonly version?: string } {
    return this.#version === undefined ? {} : { version: this.#version }
  }

  /** All of them, sorted by name. */
  learn({ version, whole, entries, gone }: SetNews): readonly Entry[] {
    if (whole || entries.length + gone.length > 0) {
      const replaced = new Set([...gone, ...entries.map(({ name }) => name)])
      const kept = whole ? [] : this.#entries.filter(({ name }) => !replaced.has(name))
      this.#entries = [...kept, ...entries].sort((a, b) => (a.name < b.name ? -1 : 1))
    }
    this.#version = version
    return this.#entries
  }
}
