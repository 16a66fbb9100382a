import { providerRecord, type Store } from '@kumquat/core'
import { eventually, recordingLogger } from '@kumquat/core/testing'
import { decodeRecord, MemoryTree, memory, providerPath, registrar } from '@kumquat/registry'
import { expect } from 'chai'
import { rejection } from './rejection.ts'

describe('registrar()', () => {
  const service = { app: 'movie', group: 'catalog' }
  const record = providerRecord({ host: '10.0.0.1', port: 80, version: 'V1', methods: ['getMovieById'] })
  let tree: MemoryTree
  let store: Store
  let onlooker: Store

  beforeEach(() => {
    tree = new MemoryTree()
    store = memory({ tree })
    onlooker = memory({ tree })
  })

  const advertised = async (): Promise<unknown> => {
    const entry = await onlooker.get(providerPath(service, record))
    return entry && decodeRecord(entry.name, entry.value)
  }
  const draining = async (): Promise<string[]> =>
    (await onlooker.list('/movie/catalog/draining')).map(({ name }) => name)

  it('advertises a record until the registration is disposed', async () => {
    const registration = await registrar(store).register(service, record)
    expect(await advertised()).to.deep.equal(record)
    expect(registration.record).to.equal(record)
    await registration[Symbol.asyncDispose]()
    expect(await advertised()).to.equal(undefined)
  })

  it('says goodbye before the record goes', async () => {
    const registration = await registrar(store).register(service, record)
    const seen: string[] = []
    const goodbyes = await onlooker.watch('/movie/catalog/draining')
    const providers = await onlooker.watch('/movie/catalog/providers')
    goodbyes.subscribe((entries) => seen.push(`draining ${entries.length}`))
    providers.subscribe((entries) => seen.push(`providers ${entries.length}`))
    await registration[Symbol.asyncDispose]()
    await registration[Symbol.asyncDispose]()
    await eventually(() => expect(seen).to.deep.equal(['draining 1', 'providers 0']))
    expect(await draining()).to.deep.equal([record.id])
  })

  it('takes the goodbye back when the provider is there again, and down with the store', async () => {
    const registrations = registrar(store)
    await (await registrations.register(service, record))[Symbol.asyncDispose]()
    const again = await registrations.register(service, record)
    expect(await draining()).to.deep.equal([])
    await again[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
    expect(await draining()).to.deep.equal([])
  })

  it('advertises a change', async () => {
    const registration = await registrar(store).register(service, record)
    await registration.update({ weight: 0, tags: { leaving: 'soon' } })
    expect(registration.record).to.deep.equal({ ...record, weight: 0, tags: { leaving: 'soon' } })
    expect(await advertised()).to.deep.equal(registration.record)
  })

  it('refuses to change the address', async () => {
    const registration = await registrar(store).register(service, record)
    const error = await rejection(registration.update({ port: 81 }))
    expect(error).to.be.instanceOf(TypeError)
    expect(error).to.have.property('message').that.contains('10.0.0.1:80').and.contains('10.0.0.1:81')
    expect(await advertised()).to.deep.equal(record)
  })

  it('refuses an address at which another provider lives, naming it and the next step', async () => {
    await registrar(onlooker).register(service, record)
    const error = await rejection(registrar(store).register(service, providerRecord({ host: '10.0.0.1', port: 80 })))
    expect(error).to.include({ code: 'already_exists', outcome: 'not-run' })
    expect(error).to.have.property('message').that.contains('movie/catalog').and.contains('10.0.0.1:80')
    expect(error).to.have.property('message').that.contains('advertise another')
    expect(await advertised()).to.deep.equal(record)
  })

  it('takes the address of a provider that is gone', async () => {
    await registrar(onlooker).register(service, record)
    await onlooker[Symbol.asyncDispose]()
    await registrar(store).register(service, record)
    onlooker = memory({ tree })
    expect(await advertised()).to.deep.equal(record)
  })

  it('keeps providers of other services at the same address apart', async () => {
    await registrar(onlooker).register({ app: 'movie', group: 'rating' }, record)
    await registrar(store).register(service, record)
    expect(await advertised()).to.deep.equal(record)
  })

  it('advertises the latest record again after a lost session', async () => {
    const registration = await registrar(store).register(service, record)
    await registration.update({ weight: 7 })
    tree.expireSessions()
    await eventually(async () => expect(await advertised()).to.deep.equal({ ...record, weight: 7 }))
  })

  it('leaves without a word, and without waiting, when the registry is away', async () => {
    const logger = recordingLogger()
    const registration = await registrar(store, { logger }).register(service, record)
    tree.cut()
    await registration[Symbol.asyncDispose]()
    expect(logger.lines.map(({ level }) => level)).to.deep.equal(['warn'])
    tree.mend()
    await eventually(async () => expect(await advertised()).to.equal(undefined))
  })

  it('rejects when the registry is away', async () => {
    tree.cut()
    expect(await rejection(registrar(store).register(service, record))).to.have.property('code', 'unavailable')
  })

  it('refuses a service that has no name', async () => {
    const error = await rejection(registrar(store).register({ app: '_config', group: 'x' }, record))
    expect(error).to.be.instanceOf(TypeError)
  })
})
