import { handClock, type TestCluster, testCluster } from '@kumquat/rpc/testing'
import { expect } from 'chai'
import { Movies } from '../movies.ts'

describe('the movies of a shop, on bad days', () => {
  const clock = handClock()
  let cluster: TestCluster

  beforeEach(async () => {
    cluster = await testCluster({ services: () => [new Movies(clock)], providers: 3, clock, seed: 1 })
  })
  afterEach(async () => {
    await cluster[Symbol.asyncDispose]()
  })

  it('are found though one provider refuses calls, one has died, and the registry is away', async () => {
    const movies = cluster.client(Movies)
    cluster.faults.refuse(cluster.provider(0).address)
    await cluster.provider(1).kill()
    cluster.registry.cut()
    for (let id = 0; id < 10; id++) expect(await movies.getMovieById(id)).to.include({ id })
  })

  it('are not waited for longer than two seconds', async () => {
    const waiting = cluster.client(Movies, { timeoutMs: 2_000 }).slow(60_000)
    const ended = waiting.catch(({ code }: { code: string }) => code)
    await clock.advance(2_000)
    expect(await ended).to.equal('deadline_exceeded')
  })
})
