import { silent } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { MemoryTree, memory, providersPath } from '@kumquat/registry'
import { type Consumer, consumer, type Provider, provider } from '@kumquat/rpc'
import { expect } from 'chai'
import { Movies } from '../movies.ts'

const service = { app: 'movie', group: 'catalog' }

describe('a consumer whose registry has a bad day', () => {
  let tree: MemoryTree
  const running: AsyncDisposable[] = []
  beforeEach(() => {
    tree = new MemoryTree()
  })
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one[Symbol.asyncDispose]()
  })
  const keep = <T extends AsyncDisposable>(one: T): T => {
    running.push(one)
    return one
  }
  const provide = async (): Promise<Provider> => {
    const registry = keep(memory({ tree }))
    return keep(await provider({ registry, services: [new Movies()], quietMs: 20, logger: silent }))
  }
  /** Listed by hand: nobody restores what a test takes out. */
  const provideByHand = async (): Promise<Provider> => {
    const own = keep(memory())
    const made = keep(await provider({ registry: own, services: [new Movies()], quietMs: 20, logger: silent }))
    await using hand = memory({ tree })
    for (const { path, value } of await own.list(providersPath(service))) await hand.put(path, value)
    return made
  }
  const consume = async (): Promise<Consumer> => {
    const consuming = keep(await consumer({ registry: keep(memory({ tree })), caller: 'web', logger: silent }))
    await eventually(() => expect(consuming.peers(service).current).to.have.length(3))
    return consuming
  }
  const idsOf = (consuming: Consumer): string[] => consuming.peers(service).current.map(({ record }) => record.id)
  const forget = async (...ids: readonly string[]): Promise<void> => {
    await using hand = memory({ tree })
    for (const id of ids) await hand.delete(`${providersPath(service)}/${id}`)
  }

  it('goes on calling all of them when the registry forgets them all, and says whom it doubts', async () => {
    const ids = (await Promise.all([provideByHand(), provideByHand(), provideByHand()]))
      .map(({ address }) => address)
      .sort()
    const consuming = await consume()
    const movies = consuming.client(Movies)
    await forget(...ids)
    const outlook = consuming.outlook(service)
    await eventually(() => expect([...outlook.current.suspects.values()]).to.deep.equal(['in use', 'in use', 'in use']))
    expect(idsOf(consuming)).to.deep.equal(ids)
    for (let i = 0; i < 30; i++) expect(await movies.getMovieById(i)).to.have.property('id', i)
    expect(outlook.current).to.deep.include({ source: 'registry', ageMs: 0 })
  })

  it('lets go of one that vanished and no longer listens', async () => {
    const [one, two, three] = await Promise.all([provideByHand(), provideByHand(), provideByHand()])
    const consuming = await consume()
    await two?.stop()
    expect(idsOf(consuming)).to.have.lengthOf(3)
    await forget(two?.address ?? '')
    await eventually(() => expect(idsOf(consuming)).to.deep.equal([one?.address, three?.address].sort()))
    expect(consuming.outlook(service).current.suspects.size).to.equal(0)
  })

  it('believes at once that all of them are gone when all have said goodbye', async () => {
    const all = await Promise.all([provide(), provide(), provide()])
    const consuming = await consume()
    await Promise.all(all.map((one) => one.stop()))
    await eventually(() => expect(idsOf(consuming)).to.deep.equal([]))
  })

  it('says that it goes by memory while the registry is away', async () => {
    await Promise.all([provide(), provide(), provide()])
    const consuming = await consume()
    tree.cut()
    await eventually(() => expect(consuming.outlook(service).current.source).to.equal('memory'))
    expect(idsOf(consuming)).to.have.lengthOf(3)
    tree.mend()
    await eventually(() => expect(consuming.outlook(service).current.source).to.equal('registry'))
  })

  it('shows itself in the registry while it lives, unless told not to', async () => {
    await Promise.all([provide(), provide(), provide()])
    await using hand = memory({ tree })
    const shown = () => hand.list('/movie/catalog/consumers')
    const consuming = await consume()
    const [entry] = await eventually(async () => {
      const entries = await shown()
      expect(entries).to.have.lengthOf(1)
      return entries
    })
    expect(JSON.parse(entry?.value ?? '')).to.include({ app: 'web', version: '', rules: '' })
    const shy = keep(await consumer({ registry: keep(memory({ tree })), logger: silent, register: false }))
    await shy.ready(service)
    expect(await shown()).to.have.lengthOf(1)
    await consuming[Symbol.asyncDispose]()
    expect(await shown()).to.deep.equal([])
  })
})
