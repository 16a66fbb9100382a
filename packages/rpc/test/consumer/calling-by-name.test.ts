import { Cell, type Connect, type Filter, type Invocation, type Reply, silent } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { MemoryTree, memory } from '@kumquat/registry'
import {
  type Consumer,
  type ConsumerOptions,
  callOptions,
  consumer,
  memoryTransport,
  type Provider,
  type ProviderOptions,
  provider,
  type ServedCall,
} from '@kumquat/rpc'
import { expect } from 'chai'
import { Movies } from '../movies.ts'
import { rejection } from '../rejection.ts'

const service = { app: 'movie', group: 'catalog' }

describe('a consumer calls', () => {
  const running: AsyncDisposable[] = []
  let tree: MemoryTree
  let transport: ReturnType<typeof memoryTransport>
  beforeEach(() => {
    tree = new MemoryTree()
    transport = memoryTransport({ caller: 'web' })
  })
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one[Symbol.asyncDispose]()
  })
  const keep = <T extends AsyncDisposable>(one: T): T => {
    running.push(one)
    return one
  }
  const provide = async (movies = new Movies(), options: Partial<ProviderOptions> = {}): Promise<Provider> => {
    const registry = keep(memory({ tree }))
    const { listen } = transport
    return keep(await provider({ registry, services: [movies], listen, quietMs: 0, logger: silent, ...options }))
  }
  const consume = async (count: number, options: Partial<ConsumerOptions> = {}): Promise<Consumer> => {
    const registry = keep(memory({ tree }))
    const { connect } = transport
    const consuming = keep(await consumer({ registry, caller: 'web', connect, logger: silent, ...options }))
    await eventually(() => expect(consuming.peers(service).current).to.have.length(count))
    return consuming
  }

  describe('one provider by its address', () => {
    it('and that one only', async () => {
      const each = [new Movies(), new Movies(), new Movies()]
      const providers = []
      for (const movies of each) providers.push(await provide(movies))
      const { client } = await consume(3)
      const movies = client(Movies).with({ peer: providers[1]!.address })
      for (let id = 0; id < 9; id++) await movies.getMovieById(id)
      await client(Movies).rent(1, 2, callOptions({ peer: providers[2]!.address }))
      expect(each.map(({ entered }) => entered.length)).to.deep.equal([0, 9, 1])
    })

    it('whatever its lane and version', async () => {
      const gray = await provide(new Movies(), { gray: true })
      const other = await provide(new Movies(), { version: 'V9' })
      const { client } = await consume(2)
      for (const { address } of [gray, other]) {
        expect(await client(Movies).with({ peer: address }).rent(1)).to.equal('1 for 7 days')
      }
    })

    it('and is told when it is not there', async () => {
      await provide()
      const { client } = await consume(1)
      const error = await rejection(client(Movies, { peer: '10.9.9.9:80' }).getMovieById(1))
      expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
      expect(error.message).to.contain('no provider of movie/catalog is at 10.9.9.9:80')
    })

    it('and says nothing of key, peer and constraints to it', async () => {
      const seen: Invocation[] = []
      const filter: Filter<ServedCall, Reply> = (next) => (call) => {
        seen.push(call)
        return next(call)
      }
      const { address } = await provide(new Movies(), { filters: [filter] })
      const { client } = await consume(1)
      await client(Movies).with({ peer: address, key: 'ann' }).nothing()
      await client(Movies).with({ key: 'ann' }).nothing()
      expect(seen).to.have.length(2)
      for (const call of seen) expect(call).to.not.have.any.keys('key', 'peer', 'constraints')
    })
  })

  it('the provider of a key, whatever the arguments', async () => {
    const each = [new Movies(), new Movies(), new Movies()]
    for (const movies of each) await provide(movies)
    const { client } = await consume(3, { balance: 'consistent-hash' })
    const movies = client(Movies)
    for (let id = 0; id < 20; id++) await movies.getMovieById(id, callOptions({ key: 'ann' }))
    expect(each.map(({ entered }) => entered.length)).to.have.members([20, 0, 0])
    for (let id = 0; id < 50; id++) await movies.getMovieById(id)
    for (const { entered } of each) expect(entered).not.to.have.length(0)
  })

  describe('each provider', () => {
    it('and hears of each what it said', async () => {
      const providers = [await provide(), await provide()]
      const { each } = await consume(2)
      const answers = await each(Movies).rent(3)
      expect([...answers].sort((a, b) => (a.peer < b.peer ? -1 : 1))).to.deep.equal(
        providers.map(({ address }) => ({ peer: address, value: '3 for 7 days' })),
      )
    })

    it('of which some fail', async () => {
      const good = await provide()
      const bad = await provide()
      const connect: Connect = (record) => {
        const endpoint = transport.connect(record)
        return record.id === good.address ? endpoint : { ...endpoint, status: 'open', invoke: broken }
      }
      const broken = () => Promise.reject(new Error('broken'))
      const { each } = await consume(2, { connect })
      const answers = await each<Movies>(service).rent(3)
      const told = new Map(answers.map((answer) => [answer.peer, answer.error ?? answer.value]))
      expect(told.get(good.address)).to.equal('3 for 7 days')
      expect(told.get(bad.address)).to.be.instanceOf(Error)
    })

    it('within the time of the call', async () => {
      await provide()
      await provide()
      const { each } = await consume(2)
      const answers = await each(Movies, { timeoutMs: 20 }).slow(60_000)
      expect(answers).to.have.length(2)
      for (const { error } of answers) expect(error).to.include({ code: 'deadline_exceeded' })
    })

    it('of the lane of the call', async () => {
      await provide()
      const gray = await provide(new Movies(), { gray: true })
      const { each } = await consume(2)
      const answers = await each(Movies).with({ lane: 'gray' }).rent(1)
      expect(answers.map(({ peer }) => peer)).to.deep.equal([gray.address])
      expect(await each(Movies).rent(1)).to.have.length(1)
    })

    it('or is told that there is none', async () => {
      const { each } = await consume(0)
      const error = await rejection(each(Movies).rent(1))
      expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    })

    it('through its filters once, and those of attempts for each', async () => {
      await provide()
      await provide()
      const seen = { calls: 0, attempts: 0 }
      const counting =
        (what: 'calls' | 'attempts'): Filter<Invocation, Reply> =>
        (next) =>
        (invocation) => {
          seen[what]++
          return next(invocation)
        }
      const { each } = await consume(2, { filters: [counting('calls')], attemptFilters: [counting('attempts')] })
      await each(Movies).rent(1)
      expect(seen).to.deep.equal({ calls: 1, attempts: 2 })
    })
  })

  describe('without types', () => {
    it('by names alone', async () => {
      await provide()
      const { generic } = await consume(1)
      expect(await generic.call('movie/catalog', 'rent', [3, 2])).to.equal('3 for 2 days')
      expect(await generic.call(service, 'nothing')).to.equal(null)
      const options = { version: 'V1', lane: 'stable', attachments: { user: 'ann' } }
      expect(await generic.call('movie/catalog', 'whoCalls', [], options)).to.deep.include({
        caller: 'web',
        attachments: { user: 'ann', lane: 'stable' },
      })
    })

    it('asks for the version, and repeats what is idempotent', async () => {
      await provide()
      const { generic } = await consume(1, { strategy: new Cell('failover') })
      const error = await rejection(generic.call('movie/catalog', 'rent', [1], { version: 'V2' }))
      expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
      const seen: Invocation[] = []
      const seeing = await consume(1, {
        filters: [
          (next) => (invocation) => {
            seen.push(invocation)
            return next(invocation)
          },
        ],
      })
      await seeing.generic.call('movie/catalog', 'rent', [1], { idempotent: true })
      await seeing.generic.call('movie/catalog', 'rent', [1])
      expect(seen.map(({ idempotent }) => idempotent)).to.deep.equal([true, false])
    })

    it('makes its filters once for each service and version, and at most 64 of them', async () => {
      let made = 0
      const filter: Filter<Invocation, Reply> = () => {
        made++
        return async () => ({ value: made })
      }
      const { generic } = await consume(0, { filters: [filter] })
      for (let i = 0; i < 3; i++) expect(await generic.call('movie/catalog', `m${i}`)).to.equal(1)
      for (let i = 1; i < 64; i++) await generic.call('movie/catalog', 'm', [], { version: `V${i}` })
      await generic.call('movie/catalog', 'm')
      expect(made).to.equal(64)
      await generic.call('movie/catalog', 'm', [], { version: 'V64' })
      await generic.call('movie/catalog', 'm')
      expect(made).to.equal(66)
    })

    for (const [what, ask, words] of [
      ['a service that is none', ['movie', 'rent'], 'service "movie" is not of the form "app/group"'],
      ['a service with a bad name', [{ app: 'a b', group: 'c' }, 'rent'], 'app "a b" is not a name'],
      ['a method that is none', ['movie/catalog', 'a/b'], 'method "a/b" is not a name'],
      ['a method that is no text', ['movie/catalog', 7], 'method 7 is not a name'],
      ['arguments that are no list', ['movie/catalog', 'rent', 'x'], 'args must be an array, got string'],
      ['a wrong option', ['movie/catalog', 'rent', [], { timeoutMs: 0 }], 'timeoutMs must be from 1'],
      ['a wrong version', ['movie/catalog', 'rent', [], { version: '^' }], 'version "^" is not a name'],
    ] as const) {
      it(`not with ${what}`, async () => {
        const { generic } = await consume(0)
        const call = generic.call as (...args: readonly unknown[]) => Promise<unknown>
        const error = await rejection(call(...ask))
        expect(error).to.include({ code: 'invalid_argument', outcome: 'not-run' })
        expect(error.message).to.contain(`a generic call was not made: ${words}`)
      })
    }
  })

  it('nobody for a method that no provider lists, and says which was meant', async () => {
    const movies = new Movies()
    await provide(movies)
    await provide(movies)
    const { generic } = await consume(2)
    const error = await rejection(generic.call('movie/catalog', 'getMovieByID', [1]))
    expect(error).to.include({ code: 'unimplemented', outcome: 'not-run' })
    expect(error.message).to.contain('has a method "getMovieByID", did you mean "getMovieById"? (2 asked')
    expect(movies.entered).to.have.length(0)
  })

  it('under a name, or none', async () => {
    const registry = keep(memory({ tree }))
    const refused = await consumer({ registry, caller: 'my shop' }).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(TypeError).and.to.have.property('message').that.contains('caller "my shop"')
  })
})
