// The consumer process of the demo: calls movies at a steady rate, says what it counted, and ends as its parent does.
import { every, silent, systemClock, systemRng } from '@kumquat/core'
import { consumer } from '@kumquat/rpc'
import { readCities, readMovies } from '../movie/movies.ts'
import { MovieCatalog } from '../movie/service.ts'
import type { ConsumerFacts, ConsumerSaid } from './caller.ts'
import { steadyLoad } from './load.ts'
import { Tallying } from './tally.ts'

/** Time between two reports to the parent. */
const REPORT_MS = 250

const { registry, rate }: ConsumerFacts = JSON.parse(process.argv[2] ?? '{}')

// Ctrl-C reaches every process of the terminal; this one waits for its turn.
process.on('SIGINT', () => {})

const tallying = new Tallying()
const calls = await consumer({ registry, caller: 'demo', observer: tallying, logger: silent })
await calls.ready({ app: 'movie', group: 'catalog' })
const catalog = calls.client(MovieCatalog)

const movies = readMovies().length
const cities = readCities()
const dice = (sides: number): number => Math.floor(systemRng() * sides)

const startedAt = systemClock.now()
const load = steadyLoad(rate, () => callOnce().then(ignore, ignore), systemClock)
const reports = every(systemClock, REPORT_MS, () => say(false))
say(false)

process.on('message', async (message) => {
  if (message !== 'stop') return
  reports[Symbol.dispose]()
  const elapsedMs = systemClock.now() - startedAt
  await load.stop()
  say(true, elapsedMs)
})
process.once('disconnect', async () => {
  await load.stop()
  await calls[Symbol.asyncDispose]()
})

/** Nine of ten calls ask for a movie, one for a city. A failure stands in the tally already. */
function callOnce(): Promise<unknown> {
  return dice(10) === 0 ? catalog.getMovieByCity(cities[dice(cities.length)]!) : catalog.getMovieById(dice(movies) + 1)
}

function ignore(): void {}

function say(final: boolean, elapsedMs: number = systemClock.now() - startedAt): void {
  const said: ConsumerSaid = { final, elapsedMs, tally: tallying.tally }
  process.send?.(said)
}
