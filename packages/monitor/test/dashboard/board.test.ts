import { Cell, type ProviderRecord, providerRecord } from '@kumquat/core'
import { type HandClock, handClock } from '@kumquat/core/testing'
import { type CatalogEntry, type InstanceView, OTHER, type Recorder, recorder, type Snapshot } from '@kumquat/monitor'
import { expect } from 'chai'
import { Board } from '../../src/dashboard/board.ts'
import { CATALOG, observe, start } from '../parts.ts'
import { read } from './parts.ts'

const REGISTRY = { current: { url: 'memory:', state: 'connected', since: 0 } } as const

const record = (port: number, known: Partial<ProviderRecord> = {}): ProviderRecord =>
  providerRecord({ host: '10.0.0.1', port, version: 'V1', methods: ['getMovieById', 'getMovieByCity'], ...known })

describe('Board', () => {
  let clock: HandClock
  let catalog: Cell<readonly CatalogEntry[]>
  let board: Board
  let processes: Map<string, Recorder>

  beforeEach(() => {
    clock = handClock()
    catalog = new Cell<readonly CatalogEntry[]>([])
    board = new Board({ catalog, clock, registry: REGISTRY })
    processes = new Map()
  })

  const provide = (...records: readonly ProviderRecord[]): void => catalog.set([{ service: CATALOG, records }])

  const processOf = (id: string): Recorder => {
    const found = processes.get(id) ?? recorder({ clock })
    processes.set(id, found)
    return found
  }

  /** One second: `calls` by port are made, everybody is asked, and the board moves on. */
  const second = async (calls: Readonly<Record<number, number>> = {}): Promise<Snapshot> => {
    for (const { id } of board.targets()) processOf(id)
    for (const [port, count] of Object.entries(calls)) {
      for (let i = 0; i < count; i++) observe(processOf(`10.0.0.1:${port}`))
    }
    await clock.advance(1_000)
    for (const { id } of board.targets()) board.answered(id, read(processOf(id)))
    return board.advance()
  }

  it('is empty before the registry has said anything', () => {
    const snapshot = board.advance()
    expect(snapshot).to.deep.include({ seq: 1, services: [], registry: REGISTRY.current })
    expect(snapshot.scrape).to.deep.equal({ answered: 0, asked: 0, at: null })
    expect(snapshot.totals).to.include({ calls: 0, callsPerSecond: 0, p99Ms: null })
  })

  it('shows what is registered before anything is called: every method, with no calls', () => {
    provide(record(1, { gray: true, weight: 50, zone: 'z1', startedAt: 7 }))
    const [service] = board.advance().services
    expect(service).to.deep.include({
      key: 'movie/catalog',
      app: 'movie',
      group: 'catalog',
      versions: ['V1'],
      calls: 0,
    })
    expect(service!.methods.map(({ name, calls, p50Ms }) => [name, calls, p50Ms])).to.deep.equal([
      ['getMovieByCity', 0, null],
      ['getMovieById', 0, null],
    ])
    expect(service!.instances[0]).to.deep.include({
      id: '10.0.0.1:1',
      state: 'up',
      version: 'V1',
      weight: 50,
      gray: true,
      zone: 'z1',
      methods: ['getMovieById', 'getMovieByCity'],
      startedAt: 7,
    })
  })

  it('asks each address once, whatever it serves', () => {
    const other = { app: 'movie', group: 'showing' }
    catalog.set([
      { service: CATALOG, records: [record(1), record(2)] },
      { service: other, records: [record(2)] },
    ])
    expect(board.targets().map(({ id }) => id)).to.deep.equal(['10.0.0.1:1', '10.0.0.1:2'])
  })

  it('shows rates, calls and in flight of instances, methods, services and all', async () => {
    provide(record(1), record(2))
    await second()
    processOf('10.0.0.1:1').started(start())
    observe(processOf('10.0.0.1:2'), { method: 'getMovieByCity', code: 'internal', lane: 'gray' })
    const { totals, services, history } = await second({ 1: 30, 2: 9 })
    const [service] = services
    expect(service!.instances.map(({ calls, inFlight }) => [calls, inFlight])).to.deep.equal([
      [30, 1],
      [10, 0],
    ])
    expect(service!.methods.map(({ calls, errorRatio }) => [calls, errorRatio])).to.deep.equal([
      [1, 1],
      [39, 0],
    ])
    for (const figures of [totals, service!]) {
      expect(figures).to.include({ calls: 40, callsPerSecond: 20, errorRatio: 0.025, inFlight: 1 })
    }
    for (const points of [history, service!.history]) {
      expect(points.at(-1)).to.include({ callsPerSecond: 40, errorsPerSecond: 1, grayPerSecond: 1 })
    }
  })

  describe('share', () => {
    const shares = (instances: readonly InstanceView[]): unknown =>
      instances.map(({ share, expectedShare }) => [share, expectedShare])

    it('is what went to an instance; expected is its weight within its lane, of what that lane got', async () => {
      provide(record(1, { weight: 100 }), record(2, { weight: 300 }), record(3, { gray: true }))
      const { services } = await second({ 1: 30, 2: 50, 3: 20 })
      expect(shares(services[0]!.instances)).to.deep.equal([
        [0.3, 0.2],
        [0.5, 0.6],
        [0.2, 0.2],
      ])
    })

    it('is expected of the stable lane when nothing is called', () => {
      provide(record(1), record(2), record(3, { gray: true }))
      expect(shares(board.advance().services[0]!.instances)).to.deep.equal([
        [0, 0.5],
        [0, 0.5],
        [0, 0],
      ])
      provide(record(3, { gray: true }))
      expect(shares(board.advance().services[0]!.instances)).to.deep.equal([[0, 1]])
    })

    it('is not expected of an instance that is down, or has no weight', () => {
      provide(record(1), record(2), record(3, { weight: 0 }))
      board.targets()
      for (let i = 0; i < 3; i++) board.missed('10.0.0.1:2')
      const [service] = board.advance().services
      expect(service!.instances.map(({ state }) => state)).to.deep.equal(['up', 'down', 'up'])
      expect(shares(service!.instances)).to.deep.equal([
        [0, 1],
        [0, 0],
        [0, 0],
      ])
    })
  })

  it('marks an instance that answers without statistics', () => {
    provide(record(1), record(2))
    board.targets()
    board.answeredOtherwise('10.0.0.1:1')
    const [service] = board.advance().services
    expect(service!.instances[0]).to.include({ state: 'up', unmeasured: true, calls: 0, p50Ms: null })
    expect(service!.instances[1]).not.to.have.property('unmeasured')
  })

  it('counts no call twice and none too few when an instance restarts', async () => {
    provide(record(1))
    await second({ 1: 10 })
    processes.clear()
    await second({ 1: 7 })
    const { totals, services } = await second({ 1: 3 })
    expect([totals.calls, services[0]!.calls, services[0]!.instances[0]!.calls]).to.deep.equal([20, 20, 20])
  })

  it('believes an instance nothing about services that it is not registered for', async () => {
    catalog.set([
      { service: CATALOG, records: [record(1)] },
      { service: { app: 'bank', group: 'accounts' }, records: [record(2)] },
    ])
    await second()
    observe(processOf('10.0.0.1:1'), { service: { app: 'bank', group: 'accounts' } })
    observe(processOf('10.0.0.1:1'), { service: { app: 'no', group: 'body' } })
    const { totals, services } = await second()
    expect(services.map(({ key, calls }) => [key, calls])).to.deep.equal([
      ['bank/accounts', 0],
      ['movie/catalog', 0],
    ])
    expect(totals.calls).to.equal(0)
  })

  it('lists methods that no record names, up to 500, and the rest as `_OTHER`', async () => {
    const { methods: _, ...unnamed } = record(1)
    provide(unnamed)
    await second()
    for (let i = 0; i < 800; i++) observe(processOf('10.0.0.1:1'), { method: `m${i}` })
    const { services } = await second()
    expect(services[0]!.methods).to.have.length(501)
    expect(services[0]!.methods.find(({ name }) => name === OTHER)).to.include({ calls: 300 })
  })

  it('keeps 300 points of history', async () => {
    provide(record(1))
    for (let i = 0; i < 305; i++) await second({ 1: 1 })
    const { history, services } = board.advance()
    expect([history.length, services[0]!.history.length]).to.deep.equal([300, 300])
  })

  it('remembers a service that left the registry for five minutes, and then forgets it', async () => {
    provide(record(1))
    await second({ 1: 5 })
    catalog.set([])
    const { services, totals } = await second()
    expect(services[0]).to.deep.include({ key: 'movie/catalog', calls: 5, instances: [] })
    await clock.advance(298_000)
    expect(board.advance().services).to.have.length(1)
    await clock.advance(3_000)
    expect(board.advance().services).to.deep.equal([])
    expect(board.advance().totals.calls).to.equal(totals.calls)
  })

  it('counts nothing twice of a process that it has forgotten and that comes back', async () => {
    provide(record(1))
    await second({ 1: 5 })
    provide()
    await second()
    await clock.advance(301_000)
    board.advance()
    provide(record(1))
    await second({ 1: 4 })
    expect((await second({ 1: 2 })).totals.calls).to.equal(7)
  })

  it('counts on where it was when an instance was out of the registry for a moment', async () => {
    provide(record(1))
    await second({ 1: 5 })
    provide()
    await second({ 1: 4 })
    provide(record(1))
    expect((await second({ 1: 1 })).totals.calls).to.equal(10)
  })
})
