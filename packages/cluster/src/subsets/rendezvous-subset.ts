import { GRAY_LANE, type ProviderRecord, STABLE_LANE } from '@kumquat/core'
import { fnv1a } from '../hashes/fnv1a.ts'
import { mix } from '../hashes/mix.ts'
import type { Subset } from './subset.ts'

export interface RendezvousSubsetOptions {
  /** How many providers of each class to connect to, 1 or more. All, if there are not more. */
  readonly size: number
  /** Names this client among all clients of the service; must differ between them, or they all take the same ones. */
  readonly client: string
  /** Each class has a subset of its own, so that none is lost. Default: the lane, since few providers are gray. */
  readonly classOf?: (record: ProviderRecord) => string
}

/**
 * The providers that score highest with this client: others join and leave without moving more than one of them, and
 * clients need not know of each other. gRFC A68, "Random subsetting with rendezvous hashing LB policy". Providers get
 * about equally many clients, as chance has it: with k clients each, the spread is some 1/√k. Where the number of
 * clients is known, `aperture` is even.
 */
export function rendezvousSubset({ size, client, classOf = laneOfRecord }: RendezvousSubsetOptions): Subset {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`size must be an integer from 1, got ${size}`)
  const seed = fnv1a(client)
  const better = (a: ProviderRecord, b: ProviderRecord): number =>
    mix(fnv1a(b.id) ^ seed) - mix(fnv1a(a.id) ^ seed) || (a.id < b.id ? -1 : 1)
  return (records) => {
    if (records.length <= size) return records
    const left = new Map<string, number>()
    const chosen = new Set<ProviderRecord>()
    for (const record of [...records].sort(better)) {
      const name = classOf(record)
      const places = left.get(name) ?? size
      if (places > 0) chosen.add(record)
      left.set(name, places - 1)
    }
    return records.filter((record) => chosen.has(record))
  }
}

const laneOfRecord = ({ gray }: ProviderRecord): string => (gray ? GRAY_LANE : STABLE_LANE)
