import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BALANCERS, type Balancer, failfast, type Router, retryBudget } from '@kumquat/cluster'
import {
  Cell,
  type Connect,
  type Filter,
  type Invocation,
  providerRecord,
  type Reply,
  RpcError,
  silent,
} from '@kumquat/core'
import { eventually, handClock, recordingLogger, recordingObserver } from '@kumquat/core/testing'
import { MemoryTree, memory, registrar } from '@kumquat/registry'
import {
  type Client,
  type Consumer,
  type ConsumerOptions,
  consumer,
  defineService,
  implement,
  method,
  type Provider,
  type ProviderOptions,
  provider,
} from '@kumquat/rpc'
import { expect } from 'chai'
import { listenersOn } from '../listeners.ts'
import { type Movie, Movies } from '../movies.ts'
import { rejection } from '../rejection.ts'

const service = { app: 'movie', group: 'catalog' }

describe('a consumer', () => {
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
  const provide = async (options: Partial<ProviderOptions> = {}): Promise<Provider> => {
    const registry = keep(memory({ tree }))
    return keep(await provider({ registry, services: [new Movies()], quietMs: 20, logger: silent, ...options }))
  }
  const consume = async (options: Partial<ConsumerOptions> = {}): Promise<Consumer> =>
    keep(await consumer({ registry: keep(memory({ tree })), caller: 'web', logger: silent, ...options }))

  it('calls by class, by contract, and by name and type', async () => {
    await provide()
    const { client } = await consume()
    const getMovieById = method<(id: number) => Movie>({ idempotent: true })
    const contract = defineService({ ...service, methods: { getMovieById } })
    const byClass: Client<Movies> = client(Movies)
    const byName = client<Pick<Movies, 'getMovieById'>>({ ...service, idempotent: ['getMovieById'] })
    const byContract: Client<typeof contract> = client(contract)
    const movies: readonly Movie[] = [
      await byClass.getMovieById(1),
      await byName.getMovieById(2),
      await byContract.getMovieById(3),
    ]
    expect(movies.map(({ title }) => title)).to.deep.equal(['Movie 1', 'Movie 2', 'Movie 3'])
  })

  it('spreads calls over all providers', async () => {
    const each = [new Movies(), new Movies(), new Movies()]
    for (const movies of each) await provide({ services: [movies] })
    const consuming = await consume({ balance: 'weighted-round-robin' })
    await eventually(() => expect(consuming.peers(service).current).to.have.length(3))
    const movies = consuming.client(Movies)
    for (let i = 0; i < 30; i++) await movies.getMovieById(i)
    expect(each.map(({ entered }) => entered.length)).to.deep.equal([10, 10, 10])
  })

  it('avoids by default the provider that has a call under way', async () => {
    const each = [new Movies(), new Movies()]
    for (const movies of each) await provide({ services: [movies] })
    // Both answer in no time.
    const consuming = await consume({ clock: handClock() })
    await eventually(() => expect(consuming.peers(service).current).to.have.length(2))
    const movies = consuming.client(Movies)
    const aborting = new AbortController()
    const slow = rejection(movies.with({ signal: aborting.signal }).slow(60_000))
    await eventually(() => expect(each.flatMap(({ entered }) => entered)).to.deep.equal(['slow']))
    const idle = each.find(({ entered }) => entered.length === 0)!
    for (let i = 0; i < 20; i++) await movies.rent(i)
    expect(idle.entered).to.have.length(20)
    aborting.abort()
    await slow
  })

  it('changes its balancer while it runs, and keeps to the last one when a name stands for nothing', async () => {
    const each = [new Movies(), new Movies()]
    for (const movies of each) await provide({ services: [movies] })
    const balance = new Cell('weighted-round-robin')
    const logger = recordingLogger()
    const first: Balancer = (peers) => peers[0]
    const consuming = await consume({ balance, balancers: { ...BALANCERS, first: () => first }, logger })
    await eventually(() => expect(consuming.peers(service).current).to.have.length(2))
    const movies = consuming.client(Movies)
    const shares = async (): Promise<readonly number[]> => {
      for (const { entered } of each) entered.length = 0
      for (let i = 0; i < 10; i++) await movies.getMovieById(i)
      return each.map(({ entered }) => entered.length)
    }
    expect(await shares()).to.deep.equal([5, 5])
    balance.set('first')
    expect(await shares()).to.have.members([10, 0])
    balance.set('no such')
    expect(await shares()).to.have.members([10, 0])
    const errors = logger.lines.filter(({ level }) => level === 'error')
    expect(errors.map(({ message }) => message)).to.deep.equal(['a name that stands for nothing was chosen'])
  })

  it('gives a call to a provider that fits its constraints, whatever the version of the client', async () => {
    const [one, two] = [new Movies(), new Movies()]
    await provide({ services: [one], version: '1.9.0', tags: { disk: 'hdd' } })
    await provide({ services: [two], version: '2.1.0', tags: { disk: 'ssd' } })
    const consuming = await consume()
    await eventually(() => expect(consuming.peers(service).current).to.have.length(2))
    const movies = consuming.client<Movies>(service)
    for (let i = 0; i < 5; i++) await movies.with({ constraints: { version: '^2.0' } }).getMovieById(i)
    expect([one.entered.length, two.entered.length]).to.deep.equal([0, 5])
    for (let i = 0; i < 5; i++) await movies.with({ constraints: { tags: { disk: 'hdd' } } }).getMovieById(i)
    expect([one.entered.length, two.entered.length]).to.deep.equal([5, 5])
    const error = await rejection(movies.with({ constraints: { version: '^3' } }).getMovieById(1))
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.contain('2 known, none of version "^3"')
  })

  it('tells balancers and routers who calls', async () => {
    await provide()
    const callers = new Set<unknown>()
    const route: Router = (peers, { caller }) => {
      callers.add(caller)
      return peers
    }
    await (await consume({ route })).client(Movies).nothing()
    await (await consume({ route, caller: '' })).client(Movies).nothing()
    expect([...callers]).to.deep.equal(['web', undefined])
  })

  it('passes over a provider that fails five times in a row, and says so in its log', async () => {
    const [first] = [await provide(), await provide()]
    const logger = recordingLogger()
    const failing: Filter<Invocation, Reply> = (next) => async (invocation) => {
      const reply = (await next(invocation)) as { value: unknown }
      if (reply.value === first.address) throw new RpcError('internal', 'broken')
      return reply
    }
    const answering: Connect = ({ id }) => ({
      invoke: failing(async () => ({ value: id })),
      status: 'open',
      async [Symbol.asyncDispose]() {},
    })
    const consuming = await consume({ balance: 'round-robin', connect: answering, logger })
    await eventually(() => expect(consuming.peers(service).current).to.have.length(2))
    const movies = consuming.client(Movies)
    const failed: boolean[] = []
    for (let i = 0; i < 30; i++)
      failed.push(
        await movies.rent(i).then(
          () => false,
          () => true,
        ),
      )
    expect(failed.filter(Boolean)).to.have.length(5)
    expect(failed.slice(10)).not.to.include(true)
    const told = logger.lines.filter(({ level }) => level === 'info')
    expect(told).to.deep.equal([
      {
        level: 'info',
        facts: { service: 'movie/catalog', peer: first.address, policy: 'breaker', reason: '5 failures in a row' },
        message: 'a peer is passed over while others are left',
      },
    ])
  })

  it('shares one budget of further attempts among all services', async () => {
    const budget = retryBudget({ percent: 0, minPerSecond: 0.05, windowMs: 20_000 })
    const failing: Filter<Invocation, Reply> = () => async () => {
      throw new RpcError('unavailable', 'refused', { outcome: 'not-run' })
    }
    const Other = defineService({ app: 'other', group: 'things', methods: { get: method<() => void>() } })
    for (let i = 0; i < 3; i++) await provide({ services: [new Movies(), implement(Other, { get: () => {} })] })
    let attempts = 0
    const counting: Filter<Invocation, Reply> = (next) => (invocation) => {
      attempts++
      return next(invocation)
    }
    const consuming = await consume({ budget, attemptFilters: [counting, failing] })
    for (const one of [service, Other]) {
      await eventually(() => expect(consuming.peers(one).current).to.have.length(3))
    }
    await rejection(consuming.client(Movies).nothing())
    const error = await rejection(consuming.client(Other).get())
    expect(attempts).to.equal(3)
    expect(JSON.stringify(error.details)).to.contain('the retry budget is empty')
  })

  it('refuses names that stand for nothing at the start', async () => {
    const registry = keep(memory({ tree }))
    const refusal = (options: Partial<ConsumerOptions>): Promise<unknown> =>
      consumer({ registry, ...options }).catch((error: unknown) => String(error))
    expect(await refusal({ balance: 'p3c' })).to.contain('TypeError: unknown balancer "p3c": take one of round-robin,')
    expect(await refusal({ balance: new Cell('p3c') })).to.contain('TypeError: unknown balancer "p3c"')
    expect(await refusal({ strategy: 'failhard' })).to.contain('TypeError: no strategy is named "failhard"')
  })

  it('gives gray providers the calls of the gray lane, and no other', async () => {
    const [stable, gray] = [new Movies(), new Movies()]
    await provide({ services: [stable] })
    await provide({ services: [gray], gray: true })
    const consuming = await consume()
    await eventually(() => expect(consuming.peers(service).current).to.have.length(2))
    const movies = consuming.client(Movies)
    for (let i = 0; i < 10; i++) await movies.getMovieById(i)
    for (let i = 0; i < 5; i++) await movies.with({ lane: 'gray' }).getMovieById(i)
    expect([stable.entered.length, gray.entered.length]).to.deep.equal([10, 5])
  })

  it('calls only providers of the version it asks for', async () => {
    const [one, two] = [new Movies(), new Movies()]
    await provide({ services: [one] })
    await provide({ services: [two], version: 'V2' })
    const consuming = await consume()
    await eventually(() => expect(consuming.peers(service).current).to.have.length(2))
    for (let i = 0; i < 4; i++) await consuming.client(Movies).getMovieById(i)
    const second = consuming.client<Movies>({ ...service, version: 'V2' })
    for (let i = 0; i < 2; i++) await second.getMovieById(i)
    expect([one.entered.length, two.entered.length]).to.deep.equal([4, 2])
    const third = consuming.client<Movies>({ ...service, version: 'V3' })
    const error = await rejection(third.getMovieById(1))
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.contain('"V3"')
  })

  it('tries another provider when one cannot be reached, whatever the method', async () => {
    await registrar(keep(memory({ tree }))).register(
      service,
      providerRecord({ host: '127.0.0.1', port: 1, version: 'V1' }),
    )
    await provide()
    const consuming = await consume()
    await eventually(() => expect(consuming.peers(service).current).to.have.length(2))
    const movies = consuming.client(Movies)
    for (let i = 0; i < 10; i++) expect(await movies.rent(i)).to.equal(`${i} for 7 days`)
  })

  it('works as soon as the first provider appears, and says before that what is missing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kumquat-'))
    keep({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) })
    const registry = `file:${folder}`
    const consuming = await consume({ registry })
    const movies = consuming.client(Movies)
    const error = await rejection(movies.getMovieById(1))
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.equal(
      `no provider of movie/catalog is registered in the registry ${registry}: start one there; ready() waits for the first`,
    )
    const ready = consuming.ready(service, { timeoutMs: 5_000 })
    await provide({ registry })
    await ready
    expect(await movies.getMovieById(1)).to.deep.equal({ id: 1, title: 'Movie 1' })
  })

  it('says again what is missing when the last provider has left', async () => {
    const only = await provide()
    const consuming = await consume()
    const movies = consuming.client(Movies)
    await movies.getMovieById(1)
    await only.stop()
    await eventually(() => expect(consuming.peers(service).current).to.have.length(0))
    expect((await rejection(movies.getMovieById(1))).message).to.contain('no provider of movie/catalog is registered')
  })

  it('starts while the registry is down, says so in every call, and works once it is back', async () => {
    await provide()
    const registry = keep(memory({ tree }))
    tree.cut()
    const consuming = await consume({ registry })
    const movies = consuming.client(Movies, { timeoutMs: 300 })
    const error = await rejection(movies.getMovieById(1))
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.contain('no provider of movie/catalog is known: the registry')
    expect(error.message).to.contain('see that it runs and can be reached')
    tree.mend()
    await eventually(async () => expect(await movies.getMovieById(1)).to.have.property('id', 1))
  })

  it('goes on calling while the registry is down', async () => {
    await provide()
    const consuming = await consume()
    const movies = consuming.client(Movies)
    await movies.getMovieById(1)
    tree.cut()
    for (let i = 0; i < 10; i++) expect(await movies.getMovieById(i)).to.have.property('id', i)
  })

  it('refuses a wrong registry URL at the start, naming it without credentials', async () => {
    const refused = await consumer({ registry: 'zoo://ann:secret@h:1' }).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(TypeError)
    expect(String(refused)).to.contain('zoo://h:1').and.not.to.contain('secret')
  })

  it('refuses bad options at the start', async () => {
    const registry = keep(memory({ tree }))
    const refusal = (options: Partial<ConsumerOptions>): Promise<unknown> =>
      consumer({ registry, ...options }).catch((error: unknown) => String(error))
    expect(await refusal({ timeoutMs: 0 })).to.contain('RangeError: timeoutMs must be from 1 to')
    expect(await refusal({ caller: 'a b' })).to.contain('TypeError: caller "a b" is not a name')
  })

  it('ends a call that takes longer than its time, 3 s unless told otherwise', async () => {
    await provide()
    const { client } = await consume({ timeoutMs: 100 })
    const error = await rejection(client(Movies).slow(60_000))
    expect(error).to.include({ code: 'deadline_exceeded', outcome: 'unknown' })
    // Both ends watch the time, and either may be first to say so.
    expect(error.message).to.match(/^movie\/catalog\/slow (at 127\.0\.0\.1:|took longer than the \d+ ms)/)
  })

  it('ends a call at once when its signal aborts, and keeps no listener', async () => {
    const movies = new Movies()
    await provide({ services: [movies] })
    const { client } = await consume()
    const aborting = new AbortController()
    const settled = rejection(client(Movies, { signal: aborting.signal }).slow(60_000))
    await eventually(() => expect(movies.entered).to.deep.equal(['slow']))
    aborting.abort('enough')
    expect(await settled).to.include({ code: 'canceled', cause: 'enough' })
    await eventually(() => expect(movies.entered).to.deep.equal(['slow', 'slow aborted']))
    expect(listenersOn(aborting.signal)).to.equal(0)
  })

  it('cancels a call that still waits for the registry', async () => {
    const registry = keep(memory({ tree }))
    const { client } = await consume({
      registry: Object.assign(Object.create(registry), { watch: () => new Promise(() => {}) }),
    })
    const aborting = new AbortController()
    const settled = rejection(client(Movies, { signal: aborting.signal }).rent(1))
    aborting.abort()
    expect(await settled).to.include({ code: 'canceled', outcome: 'not-run' })
    expect(listenersOn(aborting.signal)).to.equal(0)
  })

  it('leaves no listener of 10 000 calls on one signal', async function () {
    this.timeout(60_000)
    await provide()
    const { signal } = new AbortController()
    const warnings: Error[] = []
    const warned = (warning: Error): void => void warnings.push(warning)
    process.on('warning', warned)
    const movies = (await consume()).client(Movies, { signal })
    for (let i = 0; i < 100; i++) await Promise.all(Array.from({ length: 100 }, () => movies.nothing()))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', warned)
    expect(listenersOn(signal)).to.equal(0)
    expect(warnings).to.deep.equal([])
  })

  it('runs filters once per call, and those for attempts once per attempt', async () => {
    await registrar(keep(memory({ tree }))).register(
      service,
      providerRecord({ host: '127.0.0.1', port: 1, version: 'V1' }),
    )
    await provide()
    const ran: string[] = []
    const named =
      (name: string): Filter<Invocation, Reply> =>
      (next) =>
      (invocation) => {
        ran.push(name)
        return next(invocation)
      }
    const consuming = await consume({ filters: [named('a'), named('b')], attemptFilters: [named('try')] })
    await eventually(() => expect(consuming.peers(service).current).to.have.length(2))
    const movies = consuming.client(Movies)
    await Promise.all([movies.nothing(), movies.nothing()])
    expect(ran.filter((name) => name !== 'try')).to.deep.equal(['a', 'b', 'a', 'b'])
    expect(ran.filter((name) => name === 'try')).to.have.length(3)
  })

  it('tells an observer of calls and of attempts', async () => {
    const { address } = await provide()
    const observer = recordingObserver()
    const { client } = await consume({ observer })
    await client(Movies).with({ lane: 'blue' }).nothing()
    await rejection(client(Movies).fail())
    const common = { service, caller: 'web' }
    expect(observer.starts).to.deep.equal([
      { ...common, kind: 'call', method: 'nothing', lane: 'blue' },
      { ...common, kind: 'attempt', method: 'nothing', lane: 'blue', peer: address, attempt: 1 },
      { ...common, kind: 'call', method: 'fail', lane: 'stable' },
      { ...common, kind: 'attempt', method: 'fail', lane: 'stable', peer: address, attempt: 1 },
    ])
    expect(observer.ends.map(({ kind, code }) => [kind, code])).to.deep.equal([
      ['attempt', 'ok'],
      ['call', 'ok'],
      ['attempt', 'unknown'],
      ['call', 'unknown'],
    ])
  })

  it('takes another strategy', async () => {
    await registrar(keep(memory({ tree }))).register(
      service,
      providerRecord({ host: '127.0.0.1', port: 1, version: 'V1' }),
    )
    const consuming = await consume({ strategy: failfast() })
    await consuming.ready(service)
    const error = await rejection(consuming.client(Movies).rent(1))
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.contain('movie/catalog/rent at 127.0.0.1:1 could not be reached (ECONNREFUSED')
  })

  it('lets calls in flight finish when it is disposed, and refuses later ones', async () => {
    const movies = new Movies()
    await provide({ services: [movies] })
    const consuming = await consumer({ registry: keep(memory({ tree })), logger: silent })
    const face = consuming.client(Movies)
    const inFlight = face.slow(200)
    await eventually(() => expect(movies.entered).to.deep.equal(['slow']))
    const closed = consuming[Symbol.asyncDispose]()
    expect(await rejection(face.rent(1))).to.include({ code: 'failed_precondition', outcome: 'not-run' })
    expect(await inFlight).to.equal('done')
    await closed
    expect(await rejection(consuming.ready(service))).to.include({ code: 'failed_precondition' })
  })

  it('hands on deadline, lane and attachments from the call being served to those it makes', async () => {
    await provide()
    const inner = (await consume({ caller: 'front' })).client(Movies)
    const Front = defineService({ app: 'front', group: 'page', methods: { show: method<() => unknown>() } })
    await provide({ services: [implement(Front, { show: () => inner.whoCalls() })] })
    const outer = (await consume()).client(Front)
    const attachments = { user: 'ann' }
    expect(await outer.with({ attachments, lane: 'blue' }).show()).to.deep.equal({
      caller: 'front',
      attachments: { user: 'ann', lane: 'blue' },
      attempt: 1,
      hasDeadline: true,
    })
  })
})
