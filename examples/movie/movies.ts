import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

/** One of the 3 201 movies of npm's `vega-datasets`. What nobody knows is `null`, as it is there. */
export interface Movie {
  /** The position in the list, from 1. */
  readonly id: number
  /** Empty for the one that has none. */
  readonly title: string
  /** As printed there, e.g. `Aug 09 1989`. */
  readonly released: string
  readonly director: string | null
  readonly distributor: string | null
  readonly genre: string | null
  /** Of the MPAA: `PG-13`. */
  readonly rating: string | null
  /** 0 to 10. */
  readonly imdbRating: number | null
  readonly imdbVotes: number | null
}

/** All movies; the one with id `n` stands at `n - 1`. */
export function readMovies(): readonly Movie[] {
  return readDataset<MovieRow>('movies.json').map((row, position) => ({
    id: position + 1,
    // Some titles are numbers in the file: 1776, 300, 9.
    title: String(row.Title ?? ''),
    released: row['Release Date'],
    director: row.Director,
    distributor: row.Distributor,
    genre: row['Major Genre'],
    rating: row['MPAA Rating'],
    imdbRating: row['IMDB Rating'],
    imdbVotes: row['IMDB Votes'],
  }))
}

/** The capitals of the states of the USA, in the order of the states. */
export function readCities(): readonly string[] {
  return readDataset<{ readonly city: string }>('us-state-capitals.json').map(({ city }) => city)
}

interface MovieRow {
  readonly Title: string | number | null
  readonly 'Release Date': string
  readonly Director: string | null
  readonly Distributor: string | null
  readonly 'Major Genre': string | null
  readonly 'MPAA Rating': string | null
  readonly 'IMDB Rating': number | null
  readonly 'IMDB Votes': number | null
}

/** The package's own loader would fetch the file from a server; its folder has it too. */
function readDataset<Row>(name: string): readonly Row[] {
  const require = createRequire(import.meta.url)
  const file = resolve(require.resolve('vega-datasets'), '../../data', name)
  return JSON.parse(readFileSync(file, 'utf8'))
}
