import { RpcError } from '@kumquat/core'
import { method, service } from '@kumquat/rpc'
import { type Movie, readCities, readMovies } from './movies.ts'
import { type Showing, showingsByCity } from './showings.ts'

/** The movie service: 3 201 movies, and what fifty cities show of them. */
@service({ app: 'movie', group: 'catalog', version: 'V1' })
export class MovieCatalog {
  readonly #movies = readMovies()
  readonly #showings = showingsByCity(this.#movies, readCities())

  /** @throws RpcError `not_found` */
  @method({
    idempotent: true,
    check: (id) => Number.isInteger(id) || `id ${JSON.stringify(id)} is not a whole number`,
  })
  getMovieById(id: number): Movie {
    const movie = this.#movies[id - 1]
    if (movie !== undefined) return movie
    throw new RpcError('not_found', `no movie has the id ${id}: ids are 1 to ${this.#movies.length}`, {
      outcome: 'ran',
    })
  }

  /** Every movie of a director, one by one. */
  @method({ stream: 'server' })
  async *moviesOf(director: string): AsyncGenerator<Movie, void> {
    for (const movie of this.#movies) if (movie.director === director) yield movie
  }

  /** @throws RpcError `not_found` */
  @method({
    idempotent: true,
    check: (city) => typeof city === 'string' || `city ${JSON.stringify(city)} is not a name`,
  })
  getMovieByCity(city: string): readonly Showing[] {
    const showings = this.#showings.get(city)
    if (showings !== undefined) return showings
    const known = `ask for the capital of a state of the USA, e.g. "${this.#showings.keys().next().value}"`
    throw new RpcError('not_found', `no city is called ${JSON.stringify(city)}: ${known}`, { outcome: 'ran' })
  }
}
