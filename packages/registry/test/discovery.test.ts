import { type ProviderRecord, providerRecord, type Store } from '@kumquat/core'
import { eventually, recordingLogger } from '@kumquat/core/testing'
import { discovery, MemoryTree, memory, registrar } from '@kumquat/registry'
import { expect } from 'chai'
import { rejection } from './rejection.ts'

describe('discovery()', () => {
  const service = { app: 'movie', group: 'catalog' }
  const recordAt = (host: string): ProviderRecord => providerRecord({ host, port: 80 })
  let tree: MemoryTree
  let provider: Store
  let store: Store

  beforeEach(() => {
    tree = new MemoryTree()
    provider = memory({ tree })
    store = memory({ tree })
  })

  it('begins with the providers that are there, and follows them', async () => {
    await registrar(provider).register(service, recordAt('a'))
    const watch = await discovery(store).watch(service)
    expect(watch.current.records).to.deep.equal([recordAt('a')])
    const b = await registrar(provider).register(service, recordAt('b'))
    await eventually(() => expect(watch.current.records).to.deep.equal([recordAt('a'), recordAt('b')]))
    await b[Symbol.asyncDispose]()
    await eventually(() => expect(watch.current.records).to.deep.equal([recordAt('a')]))
  })

  it('begins empty for a service nobody provides yet', async () => {
    const watch = await discovery(store).watch(service)
    expect(watch.current.records).to.deep.equal([])
    await registrar(provider).register(service, recordAt('a'))
    await eventually(() => expect(watch.current.records).to.deep.equal([recordAt('a')]))
  })

  it('keeps records that say the same, through a lost session of their provider too, and tells nothing then', async () => {
    await registrar(provider).register(service, recordAt('a'))
    const watch = await discovery(store).watch(service)
    const { records } = watch.current
    let told = 0
    watch.subscribe(() => {
      told += 1
    })
    await provider.put('/movie/catalog/providers/a:80', '{"port":"80","weight":"100"}')
    await registrar(provider).register(service, recordAt('b'))
    await eventually(() => expect(watch.current.records).to.have.lengthOf(2))
    expect(watch.current.records[0]).to.equal(records[0])
    expect(told).to.equal(1)
  })

  it('leaves out who has said goodbye, before the record goes, and tells that from a mere disappearance', async () => {
    await provider.hold('/movie/catalog/providers/a:80', '{"startedAt":5}')
    const b = await provider.hold('/movie/catalog/providers/b:80', '{}')
    const watch = await discovery(store).watch(service)
    await provider.hold('/movie/catalog/draining/a:80', '{"startedAt":5}')
    await eventually(() => expect(watch.current.records.map(({ id }) => id)).to.deep.equal(['b:80']))
    expect([...watch.current.departed]).to.deep.equal(['a:80'])
    await b[Symbol.asyncDispose]()
    await eventually(() => expect(watch.current.records).to.deep.equal([]))
    expect([...watch.current.departed]).to.deep.equal(['a:80'])
  })

  it('does not take the goodbye of an earlier start for that of the provider that stands at the address now', async () => {
    await provider.hold('/movie/catalog/draining/a:80', '{"startedAt":4}')
    await provider.hold('/movie/catalog/providers/a:80', '{"startedAt":5}')
    const watch = await discovery(store).watch(service)
    expect(watch.current.records.map(({ id }) => id)).to.deep.equal(['a:80'])
    expect(watch.current.departed.size).to.equal(0)
  })

  it('takes a goodbye of any content for one', async () => {
    for (const [host, value] of Object.entries({ a: '', b: '[', c: 'null', d: '{"startedAt":{}}' })) {
      await provider.hold(`/movie/catalog/providers/${host}:80`, '{"startedAt":5}')
      await provider.hold(`/movie/catalog/draining/${host}:80`, value)
    }
    expect((await discovery(store).watch(service)).current.records).to.deep.equal([])
  })

  it('skips what it cannot read and warns once, whatever else changes', async () => {
    const logger = recordingLogger()
    await provider.put('/movie/catalog/providers/169.254.169.254', '{"port":80}')
    const watch = await discovery(store, { logger }).watch(service)
    for (const host of ['a', 'b', 'c']) {
      await registrar(provider).register(service, recordAt(host))
      await eventually(() => expect(watch.current.records.at(-1)).to.deep.equal(recordAt(host)))
    }
    expect(logger.lines).to.have.lengthOf(1)
    expect(logger.lines[0]?.message).to.contain('/movie/catalog/providers/169.254.169.254')
  })

  it('reads by the rules it is given', async () => {
    await provider.put('/movie/catalog/providers/169.254.169.254', '{"port":80}')
    const watch = await discovery(store, { anyAddress: true }).watch(service)
    expect(watch.current.records).to.deep.equal([recordAt('169.254.169.254')])
  })

  it('is silent once disposed', async () => {
    const watch = await discovery(store).watch(service)
    const witness = await discovery(store).watch(service)
    let told = 0
    watch.subscribe(() => {
      told += 1
    })
    await watch[Symbol.asyncDispose]()
    await registrar(provider).register(service, recordAt('a'))
    await eventually(() => expect(witness.current.records).to.have.lengthOf(1))
    expect(told).to.equal(0)
  })

  it('rejects when the registry is away', async () => {
    tree.cut()
    expect(await rejection(discovery(store).watch(service))).to.have.property('code', 'unavailable')
  })
})
