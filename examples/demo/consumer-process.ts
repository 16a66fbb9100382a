// The consumer process of the demo: calls movies at a steady rate, says what it counted, and ends as its parent does.
import { every, silent, systemClock, systemRng } from '@kumquat/core'
import { type Client, consumer } from '@kumquat/rpc'
import { readCities, readMovies } from '../movie/movies.ts'
import { MOVIES } from '../movie/serve.ts'
import { MovieCatalog } from '../movie/service.ts'
import type { ConsumerFacts, ConsumerSaid } from './caller.ts'
import { steadyLoad } from './load.ts'
import { runAsChild } from './run-as-child.ts'
import { Tallying } from './tally.ts'

/** Time between two reports to the parent. */
const REPORT_MS = 250

await runAsChild<ConsumerFacts>(async ({ registry, rate }) => {
  const tallying = new Tallying()
  const calls = await consumer({ registry, caller: 'demo', observer: tallying, logger: silent })
  await calls.ready(MOVIES)

  const startedAt = systemClock.now()
  const load = steadyLoad(rate, visitor(calls.client(MovieCatalog)), systemClock)
  const say = (final: boolean, elapsedMs: number): void => {
    const said: ConsumerSaid = { final, elapsedMs, tally: tallying.tally }
    process.send?.(said)
  }
  const elapsed = (): number => systemClock.now() - startedAt
  const reports = every(systemClock, REPORT_MS, () => say(false, elapsed()))
  say(false, 0)

  process.on('message', async (message) => {
    if (message !== 'stop') return
    reports[Symbol.dispose]()
    const elapsedMs = elapsed()
    await load.stop()
    say(true, elapsedMs)
  })
  process.once('disconnect', async () => {
    reports[Symbol.dispose]()
    await load.stop()
    await calls[Symbol.asyncDispose]()
  })
})

/** One visit: nine of ten ask for a movie, one for a city. A failure stands in the tally already. */
function visitor(catalog: Client<MovieCatalog>): () => Promise<void> {
  const movies = readMovies().length
  const cities = readCities()
  const dice = (sides: number): number => Math.floor(systemRng() * sides)
  return async () => {
    try {
      if (dice(10) === 0) await catalog.getMovieByCity(cities[dice(cities.length)]!)
      else await catalog.getMovieById(dice(movies) + 1)
    } catch {}
  }
}
