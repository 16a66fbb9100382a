import {
  type Client,
  compareContracts,
  consumer,
  contractDocument,
  defineService,
  implement,
  method,
  provider,
  readContract,
} from '@kumquat/rpc'
import { memory, memoryTransport } from '@kumquat/rpc/testing'
import { expect } from 'chai'
import { z } from 'zod'

const Movie = z.object({ id: z.int(), title: z.string(), rating: z.number().optional() })

const Catalog = defineService({
  app: 'movie',
  group: 'catalog',
  methods: {
    // One schema: one argument. A list: one schema for each, by position.
    getMovieById: method({ input: z.int().min(1), output: Movie, idempotent: true, timeoutMs: 500 }),
    released: method({ input: [z.iso.date().transform((day) => new Date(day)), z.int().default(10)], output: z.int() }),
  },
})

describe('a movie service with a contract', () => {
  const registry = memory()
  const { listen, connect } = memoryTransport()
  const handlers = {
    getMovieById: (id: number) => ({ id, title: `Movie ${id}` }),
    // What the schemas made of the arguments: a date and a number.
    released: (since: Date, limit: number) => since.getUTCFullYear() + limit,
  }
  after(() => registry[Symbol.asyncDispose]())

  it('checks what goes in, says what comes out, and is there for all to read', async () => {
    const options = { registry, services: [implement(Catalog, handlers)], listen, quietMs: 0 }
    await using provides = await provider(options)
    await using calls = await consumer({ registry, connect })

    const movies: Client<typeof Catalog> = calls.client(Catalog)
    expect(await movies.getMovieById(7)).to.deep.equal({ id: 7, title: 'Movie 7' })
    expect(await movies.released('2026-01-02')).to.equal(2036)

    const refused = await movies.getMovieById(0).catch((error: unknown) => error)
    expect(refused).to.include({ code: 'invalid_argument', outcome: 'not-run' })

    const [peer] = calls.peers(Catalog).current
    const published = await readContract(registry, peer!.record.contract!)
    expect(published).to.deep.equal(contractDocument(Catalog))
    await provides.stop()
  })

  it('tells in a review what a change would break', () => {
    const next = defineService({
      ...Catalog,
      methods: { ...Catalog.methods, getMovieById: method({ input: z.int().min(100), output: Movie }) },
    })
    const changes = compareContracts(contractDocument(Catalog), contractDocument(next))
    expect(changes.filter(({ breaking }) => breaking).map(({ at, message }) => `${at}: ${message}`)).to.deep.equal([
      'idempotent: callers repeat it, and a second execution may do harm now',
      'input[0]: its minimum was 1 and is 100',
    ])
  })
})
