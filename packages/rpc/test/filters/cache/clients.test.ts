import { memory } from '@kumquat/registry'
import { cached, consumer, memoryTransport, provider } from '@kumquat/rpc'
import { expect } from 'chai'
import { Movies } from '../../movies.ts'

describe('cached() in a consumer', () => {
  it('keeps an answer for all clients of a service', async () => {
    const registry = memory()
    const { connect, listen } = memoryTransport()
    const movies = new Movies()
    await using _ = await provider({ registry, services: [movies], listen, signals: [], quietMs: 0 })
    using cache = cached({ when: { method: 'get*' }, ttlMs: 60_000 })
    await using web = await consumer({ registry, connect, filters: [cache] })
    for (let client = 0; client < 3; client++) {
      expect(await web.client(Movies).getMovieById(1)).to.deep.equal({ id: 1, title: 'Movie 1' })
    }
    expect(movies.entered).to.deep.equal(['getMovieById'])
    cache.invalidate({ app: 'movie', group: 'catalog' }, 'getMovieById', [1])
    await web.client(Movies).getMovieById(1)
    expect(movies.entered).to.have.length(2)
  })
})
