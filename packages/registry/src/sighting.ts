import type { ProviderRecord } from '@kumquat/core'

/** Whence a set is: the registry now, the registry as it was before it went away, or a file of an earlier process. */
export type SightingSource = 'registry' | 'memory' | 'snapshot'

/** How a suspect is used: like anyone, or only when nobody better is left. */
export type Standing = 'in use' | 'last resort'

/** What is known of the providers of one service at one moment. Never mutated. */
export interface Sighting {
  /** Whom to use, suspects included, in the order of their addresses. The same array for as long as it says the same. */
  readonly records: readonly ProviderRecord[]
  /** Those of them, by id, that the registry no longer lists although they said no goodbye. */
  readonly suspects: ReadonlyMap<string, Standing>
  /** Who left for good, by id: said goodbye, or refused connections when looked at. Nobody waits for these. */
  readonly departed: ReadonlySet<string>
  readonly source: SightingSource
  /** When the registry last said so, in ms since 1970. A set whose source is the registry is kept true: its age is 0. */
  readonly asOf: number
}

export const NO_SUSPECTS: ReadonlyMap<string, Standing> = new Map()

/** Whether two sightings say the same, their times apart. */
export function sameSighting(a: Sighting, b: Sighting): boolean {
  return (
    a.source === b.source &&
    sameMembers(a.records, b.records) &&
    sameMembers([...a.suspects].flat(), [...b.suspects].flat()) &&
    sameMembers([...a.departed], [...b.departed])
  )
}

/** Whether two lists hold the very same things in the same order. */
export function sameMembers<T>(a: readonly T[], b: readonly T[]): boolean {
  return a === b || (a.length === b.length && a.every((one, index) => one === b[index]))
}
