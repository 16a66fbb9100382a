import { type Store, silent, systemClock } from '@kumquat/core'
import { eventually, handClock, recordingLogger } from '@kumquat/core/testing'
import { MemoryTree, memory, providersPath } from '@kumquat/registry'
import { consumer, memoryTransport, type Provider, type ProviderOptions, provider } from '@kumquat/rpc'
import { expect } from 'chai'
import { Movies } from '../movies.ts'
import { rejection } from '../rejection.ts'

const catalog = { app: 'movie', group: 'catalog' }

describe('a provider and its place in the registry', () => {
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
  const registered = async (): Promise<readonly string[]> =>
    (await store.list(providersPath(catalog))).map(({ name }) => name)
  const probe = async ({ port }: Provider, path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/_kumquat/${path}`)
    const { status } = (await answer.json()) as { readonly status: string }
    return [answer.status, status, answer.headers.get('kq-closing')] as const
  }
  const call = async ({ port }: Provider) => {
    const answer = await fetch(`http://127.0.0.1:${port}/movie/catalog/rent`, { method: 'POST' })
    const { headers, status } = answer
    await answer.text()
    return [status, headers.get('kq-closing'), headers.get('connection')] as const
  }

  it('is ready from the start, as it always was', async () => {
    const made = await provide()
    expect(made.readiness).to.equal('ready')
    expect(await probe(made, 'ready')).to.deep.equal([200, 'ready', null])
  })

  it('waits to be told, alive and serving but not ready, and comes and goes as told', async () => {
    const made = await provide({ register: 'manual' })
    expect(await registered()).to.deep.equal([])
    expect(await probe(made, 'live')).to.deep.equal([200, 'live', null])
    expect(await probe(made, 'ready')).to.deep.equal([503, 'starting', null])
    expect(await call(made)).to.deep.equal([200, null, 'keep-alive'])

    await made.register()
    expect(await registered()).to.deep.equal([made.address])
    expect(await probe(made, 'ready')).to.deep.equal([200, 'ready', null])

    await made.unregister()
    expect(await registered()).to.deep.equal([])
    expect(await probe(made, 'live')).to.deep.equal([200, 'live', '1'])
    expect(await probe(made, 'ready')).to.deep.equal([503, 'away', '1'])
    expect(await call(made), 'served, and told to look elsewhere').to.deep.equal([200, '1', 'keep-alive'])

    await made.register()
    expect(await registered()).to.deep.equal([made.address])
    expect(await call(made)).to.deep.equal([200, null, 'keep-alive'])
  })

  it('is taken after a time, or when a promise is kept; by hand at once, and never behind the back of unregister()', async () => {
    const clock = handClock()
    const { listen } = memoryTransport({ clock })
    const later = await provide({ register: { afterMs: 5_000 }, clock, listen })
    await clock.advance(4_999)
    expect(await registered()).to.deep.equal([])
    await clock.advance(1)
    expect(await registered()).to.deep.equal([later.address])

    let keep = (): void => {}
    const kept = new Promise<void>((resolve) => {
      keep = resolve
    })
    const waiting = await provide({ register: kept })
    expect(waiting.readiness).to.equal('starting')
    keep()
    await eventually(() => expect(waiting.readiness).to.equal('ready'))

    const held = await provide({ register: { afterMs: 5_000 }, clock, listen })
    await held.unregister()
    const early = await provide({ register: { afterMs: 5_000 }, clock, listen })
    await early.register()
    expect(early.readiness).to.equal('ready')
    await clock.advance(5_000)
    expect(held.readiness).to.equal('starting')
    running.length = 0
    for (const one of [later, held, early]) {
      const stopped = one.stop()
      await clock.advance(30_000)
      await stopped
    }
    await waiting.stop()
    expect(clock.pending).to.equal(0)
  })

  it('is lost for consumers while it is unregistered, whatever it says of itself meanwhile, and then found as changed', async () => {
    const [one, two] = [await provide({ services: [new Movies()] }), await provide()]
    const consuming = await consumer({ registry: store, logger: silent })
    running.push(consuming)
    const peers = () => consuming.peers(catalog).current.map(({ record }) => [record.id, record.weight])
    await eventually(() => expect(peers()).to.have.length(2))
    await one.unregister()
    await eventually(() => expect(peers()).to.deep.equal([[two.address, 100]]))
    await one.update({ weight: 30 })
    await one.register()
    await eventually(() =>
      expect(peers()).to.have.deep.members([
        [two.address, 100],
        [one.address, 30],
      ]),
    )
    expect(await consuming.client(Movies).rent(1)).to.equal('1 for 7 days')
  })

  it('is given up for good by a stop, which may come at any moment', async () => {
    for (const meanwhile of ['register', 'unregister', 'update'] as const) {
      const made = await provide({ register: meanwhile === 'register' ? 'manual' : 'now' })
      const doing = made[meanwhile]({ weight: 5 }).catch((error: unknown) => error)
      await made.stop()
      await doing
      expect(await registered(), meanwhile).to.deep.equal([])
      expect(await rejection(made.register())).to.include({ code: 'failed_precondition', outcome: 'not-run' })
      await made.unregister()
    }
    const pending = await provide({ register: { afterMs: 1 } })
    await pending.stop()
    expect(pending.readiness).to.equal('leaving')
    expect(await registered()).to.deep.equal([])
  })

  it('is tried again when the registry comes back, if that was down when it was told', async () => {
    const logger = recordingLogger()
    const clock = handClock()
    const { listen } = memoryTransport({ clock })
    const made = await provide({ register: 'manual', registerTimeoutMs: 100, clock, listen, logger })
    tree.cut()
    const refused = rejection(made.register())
    await eventually(() => clock.advance(100).then(() => expect(logger.lines).not.to.have.length(0)))
    expect(await refused).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(made.readiness).to.equal('starting')
    tree.mend()
    await eventually(() => clock.advance(5_000).then(() => expect(made.readiness).to.equal('ready')))
    expect(await registered()).to.deep.equal([made.address])
    const stopped = made.stop()
    await clock.advance(30_000)
    await stopped
  })

  describe('by its own health check', () => {
    it('leaves when it is unwell, serves on, and is back when it is well', async () => {
      let isWell = true
      const health = { check: () => isWell, intervalMs: 10, failures: 2, successes: 2 }
      const made = await provide({ health })
      expect(await registered()).to.deep.equal([made.address])
      isWell = false
      await eventually(async () => expect(await registered()).to.deep.equal([]))
      expect(await probe(made, 'live')).to.deep.equal([200, 'live', '1'])
      expect(await probe(made, 'ready')).to.deep.equal([503, 'away', '1'])
      expect(await call(made)).to.deep.equal([200, '1', 'keep-alive'])
      isWell = true
      await eventually(async () => expect(await registered()).to.deep.equal([made.address]))
      expect(await probe(made, 'ready')).to.deep.equal([200, 'ready', null])
    })

    it('starts outside when it is not well yet, and comes in when it is', async () => {
      let isWell = false
      const made = await provide({ health: { check: () => isWell, intervalMs: 10 } })
      expect(made.readiness).to.equal('starting')
      expect(await registered()).to.deep.equal([])
      isWell = true
      await eventually(async () => expect(await registered()).to.deep.equal([made.address]))
    })

    it('stays out while an operator wants it out, well or not', async () => {
      let isWell = true
      let checks = 0
      const check = () => {
        checks++
        return isWell
      }
      const made = await provide({ health: { check, intervalMs: 10, failures: 1, successes: 1 } })
      await made.unregister()
      for (const now of [false, true]) {
        isWell = now
        const until = checks + 3
        await eventually(() => expect(checks).to.be.above(until))
        expect(await registered()).to.deep.equal([])
      }
      await made.register()
      expect(await registered()).to.deep.equal([made.address])
    })

    it('is not asked any more once it stops', async () => {
      let checks = 0
      const check = () => ++checks > 0
      const made = await provide({ health: { check, intervalMs: 10 } })
      await made.stop()
      const after = checks
      const until = systemClock.now() + 50
      await eventually(() => expect(systemClock.now()).to.be.above(until))
      expect(checks).to.equal(after)
    })
  })
})
