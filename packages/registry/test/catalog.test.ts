import { formatServiceKey, providerRecord, type Store } from '@kumquat/core'
import { eventually, handClock, recordingLogger } from '@kumquat/core/testing'
import { type CatalogEntry, catalog, MemoryTree, memory, registrar } from '@kumquat/registry'
import { expect } from 'chai'

describe('catalog()', () => {
  const a = providerRecord({ host: 'a', port: 80 })
  const b = providerRecord({ host: 'b', port: 80 })
  const shown = (entries: readonly CatalogEntry[]): string[] =>
    entries.map(({ service, records }) => `${formatServiceKey(service)}: ${records.map(({ id }) => id).join(' ')}`)
  let tree: MemoryTree
  let provider: Store
  let store: Store

  beforeEach(() => {
    tree = new MemoryTree()
    provider = memory({ tree })
    store = memory({ tree })
  })

  it('follows every service and its providers', async () => {
    const all = await catalog(store)
    expect(all.current).to.deep.equal([])
    const registrations = registrar(provider)
    const first = await registrations.register({ app: 'movie', group: 'catalog' }, a)
    await registrations.register({ app: 'movie', group: 'catalog' }, b)
    await registrations.register({ app: 'book', group: 'catalog' }, a)
    await eventually(() => expect(shown(all.current)).to.deep.equal(['book/catalog: a:80', 'movie/catalog: a:80 b:80']))
    await first[Symbol.asyncDispose]()
    await eventually(() => expect(shown(all.current)).to.deep.equal(['book/catalog: a:80', 'movie/catalog: b:80']))
  })

  it('still shows a service whose last provider has gone, and none that was removed', async () => {
    const all = await catalog(store)
    const last = await registrar(provider).register({ app: 'movie', group: 'catalog' }, a)
    await eventually(() => expect(shown(all.current)).to.deep.equal(['movie/catalog: a:80']))
    await last[Symbol.asyncDispose]()
    await eventually(() => expect(shown(all.current)).to.deep.equal(['movie/catalog: ']))
    await provider.delete('/movie/catalog/providers')
    await eventually(() => expect(all.current).to.deep.equal([]))
  })

  it('passes over what is no service', async () => {
    await provider.put('/_config/x/providers/a:80', '{}')
    await provider.put('/zookeeper/quota', '')
    await provider.put('/odd name/x/providers/a:80', '{}')
    await provider.put('/movie/_rules/providers/a:80', '{}')
    await provider.put('/movie/catalog/providers/a:80', '{}')
    const all = await catalog(store)
    await eventually(() => expect(shown(all.current)).to.deep.equal(['movie/catalog: a:80']))
  })

  it('begins while the registry is away, fills when it is there, and stands when it goes', async () => {
    tree.cut()
    const logger = recordingLogger()
    const clock = handClock()
    const all = await catalog(store, { clock, logger })
    expect(all.current).to.deep.equal([])
    await clock.advance(5_000)
    expect(all.current).to.deep.equal([])
    tree.mend()
    await registrar(provider).register({ app: 'movie', group: 'catalog' }, a)
    await clock.advance(1_000)
    await eventually(() => expect(shown(all.current)).to.deep.equal(['movie/catalog: a:80']))
    tree.cut()
    await clock.advance(5_000)
    expect(shown(all.current)).to.deep.equal(['movie/catalog: a:80'])
    expect(logger.lines.filter(({ level }) => level !== 'debug')).to.deep.equal([])
  })

  it('keeps what did not change, and tells nothing then', async () => {
    await registrar(provider).register({ app: 'movie', group: 'catalog' }, a)
    const all = await catalog(store)
    await eventually(() => expect(all.current).to.have.lengthOf(1))
    const [before] = all.current
    const told: string[][] = []
    all.subscribe((entries) => told.push(shown(entries)))
    await provider.put('/movie/catalog/rules/gray', '{}')
    await registrar(provider).register({ app: 'z', group: 'z' }, a)
    await eventually(() => expect(told.at(-1)).to.deep.equal(['movie/catalog: a:80', 'z/z: a:80']))
    expect(told).to.have.lengthOf(1)
    expect(all.current[0]).to.equal(before)
  })

  it('lets go of everything when disposed', async () => {
    const clock = handClock()
    tree.cut()
    const all = await catalog(store, { clock })
    await clock.advance(500)
    expect(clock.pending).to.equal(1)
    await all[Symbol.asyncDispose]()
    expect(clock.pending).to.equal(0)
    tree.mend()
    await registrar(provider).register({ app: 'movie', group: 'catalog' }, a)
    const witness = await catalog(store)
    await eventually(() => expect(witness.current).to.have.lengthOf(1))
    expect(all.current).to.deep.equal([])
  })
})
