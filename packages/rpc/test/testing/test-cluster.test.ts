import { formatServiceKey, RpcError } from '@kumquat/core'
import { currentCall, method, service } from '@kumquat/rpc'
import { eventually, handClock, type TestCluster, type TestClusterOptions, testCluster } from '@kumquat/rpc/testing'
import { expect } from 'chai'
import { Movies } from '../movies.ts'
import { rejection } from '../rejection.ts'

@service({ app: 'shop', group: 'desk' })
class Desk {
  readonly n: number
  served = 0

  constructor(n: number) {
    this.n = n
  }

  @method({ idempotent: true })
  who(): number {
    this.served++
    return this.n
  }

  @method()
  sell(): number {
    this.served++
    return this.n
  }

  /** Until its caller has gone. */
  @method()
  async hold(): Promise<void> {
    this.served++
    const signal = currentCall()!.signal!
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  }
}

describe('a test cluster', () => {
  const desk = { app: 'shop', group: 'desk' }
  let running: TestCluster | undefined
  afterEach(async () => {
    await running?.[Symbol.asyncDispose]()
    running = undefined
  })
  const begin = async (options: Partial<TestClusterOptions> = {}): Promise<TestCluster> => {
    running = await testCluster({ services: (n) => [new Desk(n)], ...options })
    return running
  }
  const deskOf = (cluster: TestCluster, n: number): Desk => cluster.provider(n).services[0] as Desk

  it('is three providers, and a consumer that knows them all', async () => {
    const cluster = await begin()
    expect(cluster.providers.map(({ address }) => address)).to.deep.equal(['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:3'])
    expect(cluster.consumer.peers(desk).current).to.have.length(3)
    const face = cluster.client(Desk)
    for (let i = 0; i < 30; i++) expect(await face.who()).to.be.within(0, 2)
    for (const n of [0, 1, 2]) expect(deskOf(cluster, n).served).to.be.above(0)
    expect(cluster.calls.ends.filter(({ kind }) => kind === 'call')).to.have.length(30)
    expect(cluster.calls.ends[0]).to.include({ caller: 'test', code: 'ok' })
  })

  it('serves what each provider is given', async () => {
    const cluster = await begin({
      providers: 2,
      services: (n) => (n === 0 ? [new Movies()] : [new Movies(), new Desk(n)]),
      provider: (n) => ({ weight: 100 + n }),
    })
    const peersOf = (service: typeof desk): readonly number[] =>
      cluster.consumer.peers(service).current.map(({ record }) => record.weight)
    expect(peersOf({ app: 'movie', group: 'catalog' })).to.have.members([100, 101])
    expect(peersOf(desk)).to.deep.equal([101])
    expect(await cluster.client(Desk).who()).to.equal(1)
  })

  it('loses nothing of what one provider has begun that stops', async () => {
    const cluster = await begin()
    await cluster.provider(0).stop()
    await cluster.provider(0).stop()
    expect(cluster.provider(0).isRunning).to.equal(false)
    await eventually(() => expect(cluster.consumer.peers(desk).current).to.have.length(2))
    for (let i = 0; i < 20; i++) expect(await cluster.client(Desk).sell()).to.be.within(1, 2)
    expect(cluster.calls.ends.every(({ code }) => code === 'ok')).to.equal(true)
  })

  it('breaks off the calls of one that is killed: they may have run', async () => {
    const cluster = await begin({ providers: 1 })
    const held = rejection(cluster.client(Desk).hold())
    await eventually(() => expect(deskOf(cluster, 0).served).to.equal(1))
    await cluster.provider(0).kill()
    await cluster.provider(0).kill()
    expect(await held).to.include({ code: 'unavailable', outcome: 'unknown' })
    expect(await rejection(cluster.client(Desk).sell())).to.include({ code: 'unavailable', outcome: 'not-run' })
  })

  it('carries on while one is killed and comes back, at its address and with new objects', async () => {
    const cluster = await begin()
    const { address } = cluster.provider(1)
    const before = deskOf(cluster, 1)
    await cluster.provider(1).kill()
    for (let i = 0; i < 20; i++) await cluster.client(Desk).sell()
    await cluster.provider(1).restart()
    expect(cluster.provider(1)).to.include({ address, isRunning: true })
    expect(deskOf(cluster, 1)).not.to.equal(before)
    await eventually(async () => {
      await cluster.client(Desk).who()
      expect(deskOf(cluster, 1).served).to.be.above(0)
    })
    expect(before.served).to.equal(0)
  })

  it('restarts one that runs', async () => {
    const cluster = await begin({ providers: 1 })
    await cluster.provider(0).restart()
    await eventually(async () => expect(await cluster.client(Desk).who()).to.equal(0))
    expect(cluster.log.lines.filter(({ level }) => level === 'error')).to.deep.equal([])
  })

  it('has the faults of its lines and of its registry', async () => {
    const cluster = await begin({ providers: 2 })
    const [first, second] = cluster.providers
    cluster.registry.cut()
    cluster.faults.refuse(first!.address)
    for (let i = 0; i < 10; i++) expect(await cluster.client(Desk).sell()).to.equal(1)
    cluster.faults.refuse(second!.address)
    expect(await rejection(cluster.client(Desk).sell())).to.include({ code: 'unavailable', outcome: 'not-run' })
    cluster.faults.mend()
    cluster.registry.mend()
    expect(await cluster.client(Desk).sell()).to.be.within(0, 1)
  })

  it('lets no time pass but by hand', async () => {
    const clock = handClock()
    const cluster = await begin({ clock, providers: 1, consumer: { timeoutMs: 500 } })
    let ended: unknown
    const held = rejection(cluster.client(Desk).hold()).then((error) => {
      ended = error
    })
    await clock.advance(499)
    expect(ended).to.equal(undefined)
    await clock.advance(1)
    await held
    expect(ended).to.include({ code: 'deadline_exceeded' })
  })

  it('makes the same choices each time, and others with another seed', async () => {
    const choices = async (seed: number): Promise<string> => {
      const clock = handClock()
      await using cluster = await testCluster({ services: (n) => [new Desk(n)], clock, seed })
      const chosen: number[] = []
      for (let i = 0; i < 100; i++) {
        if (i === 30) await cluster.provider(2).kill()
        if (i === 60) await cluster.provider(2).restart()
        chosen.push(await cluster.client(Desk).who())
        await clock.advance(10)
      }
      return chosen.join('')
    }
    const first = await choices(7)
    expect(await choices(7)).to.equal(first)
    expect(await choices(8)).not.to.equal(first)
    expect(new Set(first)).to.deep.equal(new Set('012'))
  })

  it('ends with calls in flight, and leaves no timer', async () => {
    const clock = handClock()
    const cluster = await testCluster({ services: (n) => [new Desk(n)], clock })
    const face = cluster.client(Desk)
    const held = Promise.all([1, 2, 3].map(() => rejection(face.hold())))
    await clock.advance(1)
    await cluster[Symbol.asyncDispose]()
    for (const error of await held) expect(error).to.include({ code: 'unavailable', outcome: 'unknown' })
    expect(clock.pending).to.equal(0)
    expect(await rejection(face.who())).to.have.property('code', 'failed_precondition')
  })

  for (const providers of [0, 1_001, 1.5]) {
    it(`refuses to be ${providers} providers`, async () => {
      const error: unknown = await begin({ providers }).catch((thrown: unknown) => thrown)
      expect(error).to.be.instanceOf(RangeError)
      expect(String(error)).to.contain(`providers must be an integer from 1 to 1000, got ${providers}`)
    })
  }

  it('names a provider that there is not', async () => {
    const cluster = await begin({ providers: 2 })
    expect(() => cluster.provider(2)).to.throw(RangeError, 'there is no provider 2: there are 2, from 0')
  })

  it('leaves nothing behind when a provider cannot start', async () => {
    const started: Desk[] = []
    const services = (n: number): readonly object[] => {
      if (n === 2) throw new RpcError('internal', `no ${formatServiceKey(desk)}`)
      started.push(new Desk(n))
      return started.slice(-1)
    }
    const clock = handClock()
    expect(await rejection(begin({ services, clock }))).to.have.property('message', 'no shop/desk')
    expect(clock.pending).to.equal(0)
  })
})
