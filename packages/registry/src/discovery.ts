import {
  Cell,
  type Clock,
  type Entry,
  type Logger,
  type ServiceKey,
  type Store,
  silent,
  systemClock,
  type Watch,
} from '@kumquat/core'
import { goodbyesIn } from './goodbyes.ts'
import type { DecodeOptions } from './record-codec.ts'
import { recordReader } from './record-reader.ts'
import { NO_SUSPECTS, type Sighting, sameMembers, sameSighting } from './sighting.ts'
import { drainingFolder, providersPath } from './tree.ts'

/** The consumer's side of a registry. */
export interface Discovery {
  /**
   * The providers of `service`, whole set each time; a record that says the same as before is the same object. Resolves
   * with the first complete answer, empty included.
   */
  watch(service: ServiceKey): Promise<Watch<Sighting>>
}

/** Wraps a discovery in one more behaviour. */
export type DiscoveryDecorator = (next: Discovery) => Discovery

export interface DiscoveryOptions extends DecodeOptions {
  /** Told once of each entry that cannot be read. */
  readonly logger?: Logger
  readonly clock?: Clock
}

/** Finds providers in the tree of `store`: all that are listed there and have not said goodbye. Believes every word. */
export function discovery(
  store: Store,
  { logger = silent, clock = systemClock, ...decoding }: DiscoveryOptions = {},
): Discovery {
  return {
    async watch(service) {
      const goodbyes = await store.watch(drainingFolder(service))
      const entries = await store.watch(providersPath(service)).catch(async (error: unknown) => {
        await goodbyes[Symbol.asyncDispose]()
        throw error
      })
      return seen(entries, goodbyes, sighter(recordReader(logger, decoding), clock))
    },
  }
}

type Sight = (entries: readonly Entry[], goodbyes: readonly Entry[]) => Sighting

/** A new sighting from the same lists has the same records. */
function sighter(read: ReturnType<typeof recordReader>, clock: Clock): Sight {
  let last: Sighting['records'] = []
  return (entries, goodbyes) => {
    const listed = read(entries)
    const departed = goodbyesIn(goodbyes, listed)
    const left = departed.size === 0 ? listed : listed.filter(({ id }) => !departed.has(id))
    if (!sameMembers(last, left)) last = left
    return { records: last, suspects: NO_SUSPECTS, departed, source: 'registry', asOf: clock.epoch() }
  }
}

/** What two watches show together. Tells only of changes: entries may be written anew and say the same. */
function seen(entries: Watch<readonly Entry[]>, goodbyes: Watch<readonly Entry[]>, sight: Sight): Watch<Sighting> {
  const sightings = new Cell(sight(entries.current, goodbyes.current))
  const look = (): void => {
    const next = sight(entries.current, goodbyes.current)
    if (!sameSighting(next, sightings.current)) sightings.set(next)
  }
  const subscriptions = [entries, goodbyes].map((list) => list.subscribe(look))
  return {
    get current() {
      return sightings.current
    },
    subscribe: (listener) => sightings.subscribe(listener),
    async [Symbol.asyncDispose]() {
      for (const subscription of subscriptions) subscription[Symbol.dispose]()
      await Promise.all([entries[Symbol.asyncDispose](), goodbyes[Symbol.asyncDispose]()])
    },
  }
}
