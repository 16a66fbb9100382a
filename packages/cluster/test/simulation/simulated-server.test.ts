import { directory } from '@kumquat/cluster'
import { constant, type ServerOptions, type Simulation, simulation } from '@kumquat/cluster/simulation'
import { type Clock, type Endpoint, type Invocation, type ProviderRecord, RpcError } from '@kumquat/core'
import { expect } from 'chai'
import { call } from '../parts.ts'

interface Scene {
  readonly world: Simulation
  readonly clock: Clock
  /** A line to the first server. */
  readonly line: Endpoint
  readonly records: () => readonly ProviderRecord[]
  /** What became of calls, in the order of their end: `ok at 10`, `unavailable not-run at 0`. */
  readonly ended: readonly string[]
  readonly send: (known?: Partial<Invocation>) => void
  /** Lets time go on. */
  readonly until: (ms: number) => Promise<void>
}

/** One client that calls only when told to. */
function scene(server: ServerOptions = {}, servers = 1, network = 0): Scene {
  const ended: string[] = []
  let line!: Endpoint
  let records!: () => readonly ProviderRecord[]
  const world = simulation({
    servers,
    server: { service: constant(10), workers: 1, ...server },
    network: constant(network),
    client: (parts) => {
      line = parts.connect(parts.records.current[0]!)
      records = () => parts.records.current
      return async () => ({ value: 'not what is looked at' })
    },
  })
  const { clock } = world
  return {
    world,
    clock,
    line,
    records,
    ended,
    send: (known) =>
      void line.invoke(call(known)).then(
        ({ value }) => ended.push(`${value} at ${clock.now()}`),
        (error: RpcError) => ended.push(`${error.code} ${error.outcome} at ${clock.now()}`),
      ),
    until: async (ms) => void (await world.run({ callsPerSecond: 0, forMs: ms - clock.now() })),
  }
}

const OK = '10.0.0.0:80'

describe('a simulated server', () => {
  it('serves as many at a time as it has workers, then the others, first come first served', async () => {
    const { world, send, ended, until } = scene({ workers: 2 })
    for (let i = 0; i < 5; i++) send()
    expect(world.servers[0]).to.include({ attempts: 5, pending: 5 })
    await until(100)
    expect(ended).to.deep.equal([`${OK} at 10`, `${OK} at 10`, `${OK} at 20`, `${OK} at 20`, `${OK} at 30`])
    expect(world.servers[0]).to.include({ attempts: 5, pending: 0 })
  })

  it('refuses what has no place in its queue', async () => {
    const { send, ended, until } = scene({ queue: 1 })
    for (let i = 0; i < 3; i++) send()
    await until(100)
    expect(ended).to.deep.equal(['resource_exhausted not-run at 0', `${OK} at 10`, `${OK} at 20`])
  })

  it('keeps the order of a long queue', async () => {
    const { send, ended, until } = scene({ queue: 300 })
    for (let i = 0; i < 300; i++) send()
    await until(3_000)
    expect(ended).to.deep.equal(Array.from({ length: 300 }, (_, i) => `${OK} at ${10 * (i + 1)}`))
  })

  it('answers nobody who has given up, and has its hands free for the next', async () => {
    const { world, send, ended, until } = scene()
    const giving = new AbortController()
    send()
    send({ deadline: 12 })
    send({ signal: giving.signal })
    send()
    world.at(5, () => giving.abort())
    await until(100)
    expect(ended).to.deep.equal([
      'canceled unknown at 5',
      `${OK} at 10`,
      'deadline_exceeded unknown at 12',
      `${OK} at 30`,
    ])
    expect(world.servers[0]?.pending).to.equal(0)
  })

  it('serves even those who have given up, if it does not notice', async () => {
    const { send, ended, until } = scene({ dropsAbandoned: false })
    send()
    send({ deadline: 5 })
    send()
    await until(100)
    expect(ended).to.deep.equal(['deadline_exceeded unknown at 5', `${OK} at 10`, `${OK} at 30`])
  })

  it('is not bothered with a call that is over before it is made', async () => {
    const { world, send, ended, until } = scene()
    await until(10)
    send({ deadline: 10 })
    send({ signal: AbortSignal.abort() })
    await until(20)
    expect(ended).to.deep.equal(['deadline_exceeded not-run at 10', 'canceled not-run at 10'])
    expect(world.servers[0]).to.include({ attempts: 2, pending: 0 })
  })

  it('forgets the signal of a call that has ended', async () => {
    const { send, until, clock } = scene()
    const { signal } = new AbortController()
    let listening = 0
    const { addEventListener, removeEventListener } = signal
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listening++
      addEventListener.apply(signal, args)
    }
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listening--
      removeEventListener.apply(signal, args)
    }
    send({ signal, deadline: 1_000 })
    expect(listening).to.equal(1)
    await until(50)
    expect([listening, (clock as Clock & { pending: number }).pending]).to.deep.equal([0, 0])
  })

  it('takes as many times as long as it is told', async () => {
    const { world, send, ended, until } = scene()
    world.servers[0]?.slow(3)
    send()
    world.at(20, () => world.servers[0]?.slow(1))
    await until(30)
    send()
    await until(100)
    expect(ended).to.deep.equal([`${OK} at 30`, `${OK} at 40`])
  })

  it('fails a share of its calls at once, as told', async () => {
    const { world, send, ended, until } = scene({ workers: 1_000 })
    const server = world.servers[0]!
    server.fail(0.3)
    for (let i = 0; i < 1_000; i++) send()
    await until(10)
    const failed = ended.filter((end) => end === 'unavailable unknown at 0').length
    expect(failed).to.be.within(250, 350)
    expect(ended.filter((end) => end === `${OK} at 10`)).to.have.length(1_000 - failed)
    server.fail(1, 'internal', 'ran')
    send()
    await until(11)
    expect(ended.at(-1)).to.equal('internal ran at 10')
    server.fail(0)
    send()
    await until(30)
    expect(ended.at(-1)).to.equal(`${OK} at 21`)
  })

  it('resets what it has in hand when it crashes, and refuses what comes', async () => {
    const { world, send, ended, until, line } = scene({}, 1, 1)
    send()
    send()
    world.at(5, () => world.servers[0]?.crash())
    await until(7)
    expect(ended).to.deep.equal(['unavailable unknown at 6', 'unavailable unknown at 6'])
    expect(line.status).to.equal('open')
    send()
    await until(9)
    expect(ended.at(-1)).to.equal('unavailable not-run at 9')
    expect(line.status).to.equal('closed')
    expect(world.servers[0]?.isUp).to.equal(false)
  })

  it('is found again by a line that was refused, within 5 s, and not before it is up', async () => {
    const { world, send, until, line } = scene()
    world.servers[0]?.crash()
    send()
    for (let at = 1_000; at <= 30_000; at += 1_000) {
      await until(at)
      expect(line.status).to.equal('closed')
    }
    world.servers[0]?.start()
    await until(35_000)
    expect(line.status).to.equal('open')
  })

  it('is looked at no more by a line that is disposed', async () => {
    const { world, send, until, line, clock } = scene({}, 1, 0)
    world.servers[0]?.crash()
    send()
    await until(10_000)
    await line[Symbol.asyncDispose]()
    expect((clock as Clock & { pending: number }).pending).to.equal(0)
  })

  it('leaves everybody without an answer when it falls silent', async () => {
    const { world, send, ended, until, line } = scene()
    send()
    world.at(5, () => world.servers[0]?.crash({ silent: true }))
    await until(6)
    send({ deadline: 100 })
    await until(50_000)
    expect(ended).to.deep.equal(['deadline_exceeded unknown at 100'])
    expect(line.status).to.equal('open')
    world.servers[0]?.start()
    send()
    await until(60_000)
    expect(ended.slice(1)).to.deep.equal([`${OK} at 50010`])
  })

  it('is forgotten by the registry when its session has expired, unless it is back before', async () => {
    const { world, records, until } = scene({}, 2)
    const [first, second] = world.servers
    first?.crash()
    second?.crash({ silent: true })
    await until(5_999)
    second?.start()
    expect(records()).to.have.length(2)
    await until(6_001)
    expect(records().map(({ id }) => id)).to.deep.equal(['10.0.0.1:80'])
    first?.start()
    await until(20_000)
    expect(records()).to.have.length(2)
  })

  it('says since when it is up when it has started', async () => {
    const { world, records, until, clock } = scene()
    expect(records()[0]?.startedAt).to.equal(0)
    world.servers[0]?.crash()
    await until(10_000)
    const now = clock.epoch()
    world.servers[0]?.start()
    await until(10_001)
    expect(records()[0]?.startedAt).to.equal(now)
  })

  it('leaves in good order: serves while it drains, and finishes what it has', async () => {
    const { world, records, send, ended, until } = scene()
    world.servers[0]?.leave({ drainMs: 100 })
    await until(95)
    expect(records()).to.deep.equal([])
    send()
    await until(101)
    send()
    await until(200)
    expect(ended).to.deep.equal(['unavailable not-run at 101', `${OK} at 105`])
    expect(world.servers[0]?.isUp).to.equal(false)
  })

  it('is cold after a start, and warms up evenly', async () => {
    const { world, send, ended, until } = scene({ cold: { factor: 5, forMs: 1_000 } })
    send()
    await until(100)
    expect(ended).to.deep.equal([`${OK} at 10`])
    world.servers[0]?.crash()
    world.servers[0]?.start()
    send()
    await until(600)
    send()
    await until(1_100)
    send()
    await until(2_000)
    expect(ended.slice(1)).to.deep.equal([`${OK} at 150`, `${OK} at 630`, `${OK} at 1110`])
  })

  it('joins cold, under an address of its own', async () => {
    const { world, records, until } = scene()
    const late = world.join({ cold: { factor: 3, forMs: 1_000 }, service: constant(7) })
    expect(late.expectedMs).to.equal(21)
    await until(1)
    expect(records().map(({ id }) => id)).to.deep.equal(['10.0.0.0:80', '10.0.0.1:80'])
    expect(records()[1]?.startedAt).to.be.above(0)
  })

  it('advertises what it is told, at once while it is up, else when it starts', async () => {
    const { world, records, until } = scene({ record: { weight: 50, zone: 'north' } })
    expect(records()[0]).to.include({ weight: 50, zone: 'north' })
    world.servers[0]?.advertise({ weight: 70 })
    await until(1)
    expect(records()[0]).to.include({ id: OK, weight: 70, zone: 'north' })
    world.servers[0]?.crash()
    world.servers[0]?.advertise({ weight: 90 })
    await until(2)
    expect(records()[0]?.weight).to.equal(70)
    world.servers[0]?.start()
    await until(3)
    expect(records()[0]?.weight).to.equal(90)
  })

  it('expects what queue, workers and speed make of it', async () => {
    const { world, send } = scene({ workers: 2 })
    const server = world.servers[0]!
    const expected: number[] = []
    for (let i = 0; i < 4; i++) {
      expected.push(server.expectedMs)
      send()
    }
    expect(expected).to.deep.equal([10, 10, 15, 20])
    server.slow(2)
    expect(server.expectedMs).to.equal(50)
    server.crash()
    expect(server.expectedMs).to.equal(Number.POSITIVE_INFINITY)
  })

  it('is not to be had from a record of elsewhere', () => {
    const { world } = scene()
    expect(world.servers).to.have.length(1)
    let thrown: unknown
    simulation({
      servers: 1,
      client: (parts) => {
        try {
          parts.connect({ ...parts.records.current[0]!, id: 'elsewhere:1' })
        } catch (error) {
          thrown = error
        }
        directory(parts)
        return async () => ({ value: 1 })
      },
    })
    expect(thrown).to.be.instanceOf(TypeError)
    expect((thrown as TypeError).message).to.equal('elsewhere:1 is no server of this simulation')
    expect(RpcError.is(thrown)).to.equal(false)
  })
})
