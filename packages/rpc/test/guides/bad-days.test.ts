import { consumer, type Provider, provider } from '@kumquat/rpc'
import { eventually, faultyTransport, MemoryTree, memory, recordingLogger } from '@kumquat/rpc/testing'
import { expect } from 'chai'
import { Movies } from '../movies.ts'

describe('the movies of a shop, on bad days', () => {
  const tree = new MemoryTree()
  const registry = memory({ tree })
  const transport = faultyTransport()
  const { connect, listen } = transport
  const providers: Provider[] = []

  before(async () => {
    for (const services of [[new Movies()], [new Movies()]]) {
      providers.push(await provider({ registry, services, listen, quietMs: 0 }))
    }
  })
  after(async () => {
    for (const one of providers) await one.stop()
    await registry[Symbol.asyncDispose]()
  })

  it('are found though one provider refuses calls, and the registry is away', async () => {
    await using calls = await consumer({ registry, connect, logger: recordingLogger() })
    const movies = calls.client(Movies)
    const service = { app: 'movie', group: 'catalog' }
    await eventually(() => expect(calls.peers(service).current).to.have.length(2))

    transport.refuse(providers[0]!.address)
    tree.cut()
    for (let id = 0; id < 10; id++) expect(await movies.getMovieById(id)).to.include({ id })
    tree.mend()
    transport.mend()
  })
})
