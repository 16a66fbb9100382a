import { connect as connectTcp } from 'node:net'
import { type Filter, type ProviderRecord, providerRecord, type Reply, type Store, silent } from '@kumquat/core'
import { eventually, recordingLogger } from '@kumquat/core/testing'
import { decodeRecord, drainingPath, MemoryTree, memory, providersPath } from '@kumquat/registry'
import { consumer, method, type Provider, type ProviderOptions, provider, type ServedCall, service } from '@kumquat/rpc'
import { expect } from 'chai'
import { Movies } from '../movies.ts'
import { rejection } from '../rejection.ts'

const catalog = { app: 'movie', group: 'catalog' }

@service({ app: 'movie', group: 'rental' })
class Rental {
  @method() rent(id: number): string {
    return `rented ${id}`
  }
}

describe('a provider', () => {
  let tree: MemoryTree
  let store: Store
  const running: AsyncDisposable[] = []
  beforeEach(() => {
    tree = new MemoryTree()
    store = memory({ tree })
  })
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
  })
  const provide = async (options: Partial<ProviderOptions> = {}): Promise<Provider> => {
    const made = await provider({ registry: store, services: [new Movies()], quietMs: 10, logger: silent, ...options })
    running.push(made)
    return made
  }
  const records = async (key = catalog): Promise<readonly ProviderRecord[]> => {
    const entries = await store.list(providersPath(key))
    return entries.map(({ name, value }) => decodeRecord(name, value) as ProviderRecord)
  }
  /** Whether somebody listens there. */
  const listens = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connectTcp(port, '127.0.0.1')
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })

  it('changes what it says of itself in place, in each of its services', async () => {
    const made = await provide({ services: [new Movies(), new Rental()], weight: 50, zone: 'north' })
    await made.update({ weight: 5, gray: true, tags: { rack: '8' } })
    for (const key of [catalog, { app: 'movie', group: 'rental' }]) {
      const [record, ...more] = await records(key)
      expect(more).to.deep.equal([])
      expect(record).to.deep.include({ id: made.address, weight: 5, gray: true, zone: 'north', tags: { rack: '8' } })
    }
    const refused = await made.update({ weight: -1 }).catch((error: unknown) => error)
    expect(String(refused)).to.equal('RangeError: weight must be an integer from 0 to 10000, got -1')
    expect((await records())[0]).to.include({ weight: 5 })
    await made.stop()
    expect(await records()).to.deep.equal([])
  })

  it('registers each of its services under its address, with what it says of itself', async () => {
    const { address, port, services } = await provide({
      ...{ services: [new Movies(), new Rental()], gray: true, weight: 50, warmupMs: 10_000, zone: 'north' },
      ...{ tags: { rack: '7' }, author: 'ann', description: 'movies', advertise: '10.0.0.7:8080' },
    })
    expect(address).to.equal('10.0.0.7:8080')
    expect(services).to.deep.equal([catalog, { app: 'movie', group: 'rental' }])
    expect(await listens(port)).to.equal(true)
    const [record] = await records()
    expect(record?.startedAt).to.be.above(1_700_000_000_000)
    expect({ ...record, startedAt: 0 }).to.deep.equal({
      ...{ id: '10.0.0.7:8080', host: '10.0.0.7', port: 8080, version: 'V1', gray: true, weight: 50, warmupMs: 10_000 },
      ...{
        zone: 'north',
        tags: { rack: '7' },
        author: 'ann',
        description: 'movies',
        transports: ['stream', 'http'],
        startedAt: 0,
      },
      methods: record?.methods,
      contract: record?.contract,
    })
    expect(record?.contract).to.match(/^sha256-[0-9a-f]{64}$/)
    expect(record?.methods).to.include.members(['getMovieById', 'rent']).and.not.to.include('notServed')
    expect((await records({ app: 'movie', group: 'rental' }))[0]).to.deep.include({ version: '', methods: ['rent'] })
  })

  it('serves all of them on one port', async () => {
    await provide({ services: [new Movies(), new Rental()], host: 'localhost' })
    const consuming = await consumer({ registry: store, logger: silent })
    running.push(consuming)
    expect(await consuming.client(Movies).rent(1)).to.equal('1 for 7 days')
    expect(await consuming.client(Rental).rent(1)).to.equal('rented 1')
  })

  it('runs filters between the wire and the method', async () => {
    const seen: string[] = []
    const watching: Filter<ServedCall, Reply> = (next) => async (call) => {
      seen.push(`${call.caller} calls ${call.method}`)
      return { value: [(await next(call)).value] }
    }
    await provide({ filters: [watching] })
    const consuming = await consumer({ registry: store, caller: 'web', logger: silent })
    running.push(consuming)
    expect(await consuming.client(Movies).rent(1)).to.deep.equal(['1 for 7 days'])
    expect(seen).to.deep.equal(['web calls rent'])
  })

  it('leaves with a goodbye, and then nobody listens', async () => {
    const { stop, port } = await provide()
    await stop()
    expect(await records()).to.deep.equal([])
    const record = providerRecord({ host: '127.0.0.1', port })
    expect(await store.get(drainingPath(catalog, record))).not.to.equal(undefined)
    expect(await listens(port)).to.equal(false)
  })

  it('stops once, however often it is told to, and by being disposed too', async () => {
    const { stop, ...rest } = await provide()
    await Promise.all([stop(), rest[Symbol.asyncDispose](), stop()])
    await stop()
  })

  it('leaves the store of others open, and no listener for signals', async () => {
    const before = process.listenerCount('SIGTERM')
    const { stop } = await provide()
    expect(process.listenerCount('SIGTERM')).to.equal(before + 1)
    await stop()
    expect(process.listenerCount('SIGTERM')).to.equal(before)
    expect(store.session.current).to.equal('connected')
  })

  describe('does not start', () => {
    const refusal = async (options: Partial<ProviderOptions>): Promise<string> => {
      const before = process.listenerCount('SIGTERM')
      const refused = await provide(options).then(
        () => 'it did start',
        (error: unknown) => String(error),
      )
      expect(process.listenerCount('SIGTERM')).to.equal(before)
      expect(await records()).to.deep.equal([])
      return refused
    }
    for (const [what, options, message] of [
      ['without a service', { services: [] }, 'TypeError: services is empty'],
      ['with what is no service', { services: [{}] }, 'TypeError: this object is not a service'],
      [
        'with one service twice',
        { services: [new Movies(), new Movies()] },
        'TypeError: service movie/catalog is given twice',
      ],
      ['on port 70000', { port: 70_000 }, 'RangeError: port must be an integer from 0 to 65535, got 70000'],
      ['with a weight of -1', { weight: -1 }, 'RangeError: weight must be an integer from 0 to 10000, got -1'],
      ['with a body limit of 0', { maxBodyBytes: 0 }, 'RangeError: maxBodyBytes must be an integer from 1024'],
      ['with a quiet time that is none', { quietMs: Number.NaN }, 'RangeError: quietMs must be an integer from 0'],
      ['advertising what is no address', { advertise: '0.0.0.0' }, 'TypeError: advertise "0.0.0.0" is not an address'],
      [
        'on an address of another machine',
        { host: '192.0.2.1' },
        'RpcError: cannot listen on port 0 of 192.0.2.1: this machine has no such address',
      ],
      [
        'with a registry of an unknown kind',
        { registry: 'zoo://ann:secret@h' },
        'TypeError: registry URL "zoo://h" has no known scheme',
      ],
    ] as const) {
      it(what, async () => {
        const said = await refusal(options)
        expect(said).to.contain(message)
        expect(said).not.to.contain('secret')
      })
    }

    it('on a port that is in use, and names it', async () => {
      const { port, stop } = await provide()
      const other = memory({ tree: new MemoryTree() })
      running.push(other)
      const error = await rejection(provide({ port, registry: other }))
      expect(error).to.include({ code: 'failed_precondition', outcome: 'not-run' })
      expect(error.message).to.contain(
        `cannot listen on port ${port} of 127.0.0.1: it is in use; stop the process that has it`,
      )
      expect(await other.list(providersPath(catalog))).to.deep.equal([])
      await stop()
      expect((await provide({ port })).port).to.equal(port)
    })

    it('at the address of another that is alive, and frees its port again', async () => {
      await provide({ advertise: '10.0.0.7:8080' })
      const other = memory({ tree })
      running.push(other)
      const free = await provide()
      await free.stop()
      const error = await rejection(provide({ registry: other, port: free.port, advertise: '10.0.0.7:8080' }))
      expect(error).to.include({ code: 'already_exists', outcome: 'not-run' })
      expect(error.message).to.contain('another provider of movie/catalog is alive at 10.0.0.7:8080')
      expect(await listens(free.port)).to.equal(false)
      expect(await records()).to.have.length(1)
    })

    it('while the registry is down, says so in time, and frees its port again', async () => {
      const free = await provide()
      await free.stop()
      tree.cut()
      const error = await rejection(provide({ port: free.port, registerTimeoutMs: 200 }))
      expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
      expect(error.message).to.contain('movie/catalog could not be registered in the registry')
      expect(error.message).to.contain('see that it runs and can be reached')
      expect(await listens(free.port)).to.equal(false)
      tree.mend()
      await eventually(async () => expect(await records()).to.deep.equal([]))
      await provide({ port: free.port })
      expect(await records()).to.have.length(1)
    })
  })

  it('stops in time though the registry is down', async () => {
    const logger = recordingLogger()
    const { stop, port } = await provide({ noticeMs: 300, logger })
    tree.cut()
    await stop()
    expect(await listens(port)).to.equal(false)
  })
})
