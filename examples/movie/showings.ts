import type { Movie } from './movies.ts'

/** A movie that a city shows tonight. */
export interface Showing {
  readonly movieId: number
  readonly title: string
  /** Local time, e.g. `20:15`. */
  readonly at: string
}

/**
 * What each city shows, by city. The movies are dealt out to the cities in turn, and each city shows the ten of its own
 * that most people have voted on: invented, but the same on every machine.
 */
export function showingsByCity(
  movies: readonly Movie[],
  cities: readonly string[],
): ReadonlyMap<string, readonly Showing[]> {
  return new Map(
    cities.map((city, turn) => {
      const own = movies.filter(({ id }) => id % cities.length === turn)
      const chosen = own.sort((a, b) => (b.imdbVotes ?? 0) - (a.imdbVotes ?? 0)).slice(0, SHOWN)
      return [city, chosen.map(({ id, title }, place) => ({ movieId: id, title, at: startOf(place) }))]
    }),
  )
}

const SHOWN = 10
const FIRST_MINUTE = 17 * 60
const MINUTES_BETWEEN = 35

function startOf(place: number): string {
  const minute = FIRST_MINUTE + place * MINUTES_BETWEEN
  return `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`
}
