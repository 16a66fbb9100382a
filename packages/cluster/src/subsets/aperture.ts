import type { ProviderRecord } from '@kumquat/core'
import { fnv1a } from '../hashes/fnv1a.ts'
import type { Subset } from './subset.ts'

export interface ApertureOptions {
  /** Which of the clients this one is, 0 to `clients` − 1. */
  readonly client: number
  /** How many clients the service has, 1 or more. */
  readonly clients: number
  /** The least number of providers to reach, 1 or more. Default 12. */
  readonly minimum?: number
}

/**
 * The providers on this client's arc of a circle: all clients and all providers divide it evenly, and each arc is as
 * wide as the smallest number of clients' shares that holds `minimum` providers. So every point of the circle, and with
 * it every provider, is under equally many arcs. A provider that lies under a part of the arc only has the weight of
 * that part. Finagle, `DeterministicAperture` (`dApertureWidth`); providers stand in the order of the hashes of their
 * ids, lest neighbours of one rack be neighbours here.
 */
export function aperture({ client, clients, minimum = 12 }: ApertureOptions): Subset {
  if (!Number.isInteger(clients) || clients < 1)
    throw new RangeError(`clients must be an integer from 1, got ${clients}`)
  if (!Number.isInteger(client) || client < 0 || client >= clients) {
    throw new RangeError(`client must be an integer from 0 to clients - 1 = ${clients - 1}, got ${client}`)
  }
  if (!Number.isInteger(minimum) || minimum < 1)
    throw new RangeError(`minimum must be an integer from 1, got ${minimum}`)
  const parts = new WeakMap<ProviderRecord, ProviderRecord>()
  /** The very same object for the same part, so that nobody sees a change where there is none. */
  const part = (record: ProviderRecord, covered: number): ProviderRecord => {
    const weight = record.weight * covered
    const known = parts.get(record)
    if (known?.weight === weight) return known
    const lighter = { ...record, weight }
    parts.set(record, lighter)
    return lighter
  }
  return (records) => {
    const size = records.length
    if (size <= minimum) return records
    // All is exact in units of 1/(clients × size) of the circle: a client's share is `size`, a provider's `clients`.
    const width = Math.ceil((minimum * clients) / size) * size
    const whole = clients * size
    if (width >= whole) return records
    const from = client * size
    return inCircle(records).flatMap((record, place) => {
      const covered = overlap(place * clients, clients, from, width, whole)
      if (covered === 0) return []
      return covered === clients ? record : part(record, covered / clients)
    })
  }
}

function inCircle(records: readonly ProviderRecord[]): readonly ProviderRecord[] {
  const places = records.map((record) => ({ record, at: fnv1a(record.id) }))
  return places.sort((a, b) => a.at - b.at || (a.record.id < b.record.id ? -1 : 1)).map(({ record }) => record)
}

/** How much of [start, start + length) lies in an arc, which may go past the end of the circle. */
function overlap(start: number, length: number, from: number, width: number, whole: number): number {
  const within = (a: number, b: number): number => Math.max(0, Math.min(start + length, b) - Math.max(start, a))
  return within(from, from + width) + within(from - whole, from + width - whole)
}
