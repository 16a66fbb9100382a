import type { Clock, Live } from '@kumquat/core'
import type { Sighting, SightingSource, Standing } from '@kumquat/registry'

/** How well a consumer knows the providers of a service. */
export interface Outlook {
  /** Whence its set is; `none` until there is one. */
  readonly source: SightingSource | 'none'
  /** How long ago the registry last vouched for the set, in ms; 0 while it does. */
  readonly ageMs: number
  /** Who is used although the registry lists them no longer, by `host:port`. */
  readonly suspects: ReadonlyMap<string, Standing>
}

/** The outlook that sightings give. Its age is that of the moment it is read. */
export function outlookOf(sightings: Live<Sighting | undefined>, clock: Clock): Live<Outlook> {
  const read = (sighting: Sighting | undefined): Outlook => {
    if (sighting === undefined) return { source: 'none', ageMs: 0, suspects: new Map() }
    const { source, asOf, suspects } = sighting
    return { source, ageMs: source === 'registry' ? 0 : Math.max(0, clock.epoch() - asOf), suspects }
  }
  return {
    get current() {
      return read(sightings.current)
    },
    subscribe: (listener) => sightings.subscribe((sighting) => listener(read(sighting))),
  }
}
