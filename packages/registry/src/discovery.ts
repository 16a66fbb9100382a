import {
  Cell,
  type Entry,
  type Logger,
  type ProviderRecord,
  type ServiceKey,
  type Store,
  silent,
  type Watch,
} from '@kumquat/core'
import type { DecodeOptions } from './record-codec.ts'
import { recordReader } from './record-reader.ts'
import { providersPath } from './tree.ts'

/** The consumer's side of a registry. */
export interface Discovery {
  /**
   * The providers of `service`, whole set each time, in the order of their addresses; a record that says the same as
   * before is the same object. Resolves with the first complete answer, empty included.
   */
  watch(service: ServiceKey): Promise<Watch<readonly ProviderRecord[]>>
}

export interface DiscoveryOptions extends DecodeOptions {
  /** Told once of each entry that cannot be read. */
  readonly logger?: Logger
}

/** Finds providers in the tree of `store`. */
export function discovery(store: Store, { logger = silent, ...decoding }: DiscoveryOptions = {}): Discovery {
  return {
    async watch(service) {
      const read = recordReader(logger, decoding)
      return mapped(await store.watch(providersPath(service)), read)
    },
  }
}

/** A watch of what `read` makes of another. */
function mapped(
  entries: Watch<readonly Entry[]>,
  read: (entries: readonly Entry[]) => readonly ProviderRecord[],
): Watch<readonly ProviderRecord[]> {
  const records = new Cell(read(entries.current))
  const subscription = entries.subscribe((set) => records.set(read(set)))
  return {
    get current() {
      return records.current
    },
    subscribe: (listener) => records.subscribe(listener),
    async [Symbol.asyncDispose]() {
      subscription[Symbol.dispose]()
      await entries[Symbol.asyncDispose]()
    },
  }
}
