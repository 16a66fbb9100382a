import { type Consumer, callOptions } from '@kumquat/rpc'
import type { Movies } from '../movies.ts'

/** All ways to call the movie service. */
export async function callMovies({ client, each, generic }: Consumer, peer: string) {
  // By name and type: nothing of the provider's code is loaded here.
  const movies = client<Movies>({ app: 'movie', group: 'catalog', idempotent: ['getMovieById'] })
  const movie = await movies.getMovieById(42)

  // Options of one call, as its last argument, or of a client of its own.
  const rented = await movies.rent(42, 3, callOptions({ timeoutMs: 500, attachments: { user: 'ann' } }))
  const gray = movies.with({ lane: 'gray', timeoutMs: 500 })
  const early = await gray.rent(42)

  // Balancers that hash send equal keys to the same provider.
  const mine = await movies.with({ key: 'user 17' }).getMovieById(42)

  // One provider and no other, and every one of them.
  const there = await movies.with({ peer }).getMovieById(42)
  const answers = await each<Movies>({ app: 'movie', group: 'catalog' }).rent(42)
  const failed = answers.filter((answer) => 'error' in answer)

  // Without types.
  const untyped = await generic.call('movie/catalog', 'getMovieById', [42], { idempotent: true })

  return { movie, rented, early, mine, there, answers, failed, untyped }
}
