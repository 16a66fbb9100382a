import { chain, cluster, directory, failfast, failover, leastLoaded, random, roundRobin } from '@kumquat/cluster'
import {
  type ClientParts,
  constant,
  describeReport,
  exponential,
  omniscient,
  type Report,
  type SimulationOptions,
  simulation,
  uniform,
} from '@kumquat/cluster/simulation'
import { type Invocation, type Invoker, RpcError } from '@kumquat/core'
import { expect } from 'chai'

const client = (parts: ClientParts): Invoker =>
  cluster({ peers: directory(parts), route: chain(), balance: roundRobin(parts), strategy: failfast() })

const world = (options: Partial<SimulationOptions> = {}) => simulation({ servers: 4, client, ...options })

describe('a simulation', function () {
  this.timeout(30_000)

  it('does what its example says', async () => {
    const world = simulation({
      servers: 10,
      server: { service: exponential(10), workers: 8 },
      client: (parts) =>
        cluster({ peers: directory(parts), route: chain(), balance: leastLoaded(parts), strategy: failover(parts) }),
    })
    world.at(5_000, () => world.servers[0]?.crash())
    world.at(10_000, () => world.servers[0]?.start())
    const report = await world.run({ callsPerSecond: 2_000, forMs: 15_000 })

    expect(report.failed).to.equal(0)
    expect(report.amplification).to.be.below(1.05)
    expect(report.latencyMs.p99).to.be.below(100)
  })

  it('is the same with the same seed, and another with another', async () => {
    const run = (seed: number): Promise<Report> =>
      world({ seed, clients: 3, network: exponential(1) }).run({ callsPerSecond: 500, forMs: 2_000 })
    const [one, same, other] = await Promise.all([run(1), run(1), run(2)])
    expect(one).to.deep.equal(same)
    expect(other.latencyMs).to.not.deep.equal(one.latencyMs)
    expect(JSON.parse(JSON.stringify(one))).to.deep.equal(one)
  })

  it('queues as theory says: one worker at 70 % load takes 3.3 times the work on the average', async () => {
    const { latencyMs } = await world({ servers: 1, server: { workers: 1, service: exponential(10), queue: 1e6 } }).run(
      {
        callsPerSecond: 70,
        forMs: 1_000_000,
        timeoutMs: Number.POSITIVE_INFINITY,
      },
    )
    // M/M/1: the time in the system is exponential of mean 10 / (1 - 0.7).
    expect(latencyMs.p50).to.be.closeTo(33.3 * Math.LN2, 1.5)
    expect(latencyMs.p99).to.be.closeTo(33.3 * Math.log(100), 12)
  })

  it('counts work and network, each way', async () => {
    const { latencyMs } = await world({ server: { service: constant(10) }, network: constant(2) }).run({
      callsPerSecond: 1,
      forMs: 60_000,
    })
    expect(latencyMs.p50).to.be.closeTo(14, 1e-6)
  })

  it('makes as many calls as asked, at random, and counts them', async () => {
    const report = await world().run({ callsPerSecond: 1_000, forMs: 10_000 })
    expect(report.calls).to.be.closeTo(10_000, 300)
    expect(report).to.include({ succeeded: report.calls, failed: 0, unfinished: 0, attempts: report.calls })
    expect(report.amplification).to.equal(1)
    expect(report.slices.map(({ fromMs }) => fromMs)).to.deep.equal(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((s) => s * 1_000),
    )
    expect(report.slices.reduce((sum, { calls }) => sum + calls, 0)).to.equal(report.calls)
    for (const { calls } of report.slices) expect(calls).to.be.within(850, 1_150)
    expect(report.spread.least).to.be.within(0.99, 1)
    expect(report.spread.most).to.be.within(1, 1.01)
    expect(report.servers.map(({ id }) => id)).to.deep.equal([0, 1, 2, 3].map((n) => `10.0.0.${n}:80`))
  })

  it('shares calls among its clients, each with dice of its own', async () => {
    const seen = new Map<number, number>()
    const dice = new Set<number>()
    await world({
      clients: 5,
      client: (parts) => {
        dice.add(parts.rng())
        const invoke = client(parts)
        return (invocation) => {
          seen.set(parts.index, (seen.get(parts.index) ?? 0) + 1)
          return invoke(invocation)
        }
      },
    }).run({ callsPerSecond: 1_000, forMs: 5_000 })
    expect([...seen.keys()].sort()).to.deep.equal([0, 1, 2, 3, 4])
    for (const count of seen.values()) expect(count).to.be.within(900, 1_100)
    expect(dice.size).to.equal(5)
  })

  it('goes on from where the last run ended, and reports each by itself', async () => {
    const made = world()
    const first = await made.run({ callsPerSecond: 100, forMs: 3_000 })
    const at = made.clock.now()
    const second = await made.run({ callsPerSecond: 100, forMs: 3_000 })
    expect(at).to.be.at.least(3_000)
    expect(second.slices[0]?.fromMs).to.equal(at)
    expect(second.attempts).to.equal(second.calls)
    expect(first.attempts + second.attempts).to.equal(made.servers.reduce((sum, { attempts }) => sum + attempts, 0))
  })

  it('makes calls as it is told', async () => {
    const seen: Invocation[] = []
    const invoke = async (invocation: Invocation): Promise<{ value: unknown }> => {
      seen.push(invocation)
      return { value: 1 }
    }
    const made = world({ client: () => invoke })
    await made.run({ callsPerSecond: 100, forMs: 1_000 })
    expect(seen[5]).to.deep.include({ method: 'call', args: [5], idempotent: true })
    for (const { deadline } of seen) expect(deadline).to.be.within(3_000, 4_000)
    seen.length = 0
    await made.run({
      callsPerSecond: 100,
      forMs: 1_000,
      timeoutMs: Number.POSITIVE_INFINITY,
      call: (n, rng) => ({ args: [`user ${n}`, rng()], idempotent: false }),
    })
    expect(seen[5]).to.deep.include({ method: 'call', idempotent: false })
    expect(seen[5]?.args[0]).to.equal('user 5')
    expect(seen[5]?.args[1]).to.be.within(0, 1)
    expect(seen[5]).to.not.have.property('deadline')
  })

  it('tells calls that never end from those that fail', async () => {
    const made = world({
      client: () => (invocation) => (invocation.args[0] === 3 ? new Promise(() => {}) : Promise.resolve({ value: 1 })),
    })
    const report = await made.run({ callsPerSecond: 100, forMs: 1_000 })
    expect(report).to.include({ unfinished: 1, failed: 0, succeeded: report.calls - 1 })
    expect(report.slices[0]?.failed).to.equal(1)
    expect(made.clock.now()).to.equal(61_000)
  })

  it('ends with what a client throws that is no failure of a call', async () => {
    const made = world({ client: () => () => Promise.reject(new TypeError('a mistake')) })
    const said = await made.run({ callsPerSecond: 100, forMs: 1_000 }).catch((error: Error) => error.message)
    expect(said).to.equal('a mistake')
    expect(made.clock.now()).to.be.below(1_000)
  })

  it('counts failures by code', async () => {
    const codes = ['unavailable', 'not_found'] as const
    const made = world({
      client:
        () =>
        ({ args }) =>
          Promise.reject(new RpcError(codes[Number(args[0]) % 2]!, 'no')),
    })
    const report = await made.run({ callsPerSecond: 100, forMs: 1_000 })
    expect(report).to.include({ failed: report.calls, succeeded: 0, attempts: 0, amplification: 0 })
    expect(report.failures).to.deep.equal({
      unavailable: Math.ceil(report.calls / 2),
      not_found: Math.floor(report.calls / 2),
    })
    expect(report.latencyMs).to.deep.equal({ p50: 0, p95: 0, p99: 0, p999: 0 })
  })

  it('tells every client of a change at a time of its own, and of all changes in order', async () => {
    const seen: (readonly [client: number, at: number, count: number])[] = []
    const made = world({
      clients: 20,
      registryDelay: uniform(0, 1_000),
      client: (parts) => {
        parts.records.subscribe((set) => seen.push([parts.index, parts.clock.now(), set.length]))
        return client(parts)
      },
    })
    made.at(1_000, () => made.servers[0]?.leave())
    made.at(1_100, () => made.servers[1]?.leave())
    await made.run({ callsPerSecond: 10, forMs: 5_000 })
    expect(seen).to.have.length(40)
    for (let i = 0; i < 20; i++) {
      const own = seen.filter(([index]) => index === i)
      expect(own.map(([, , count]) => count)).to.deep.equal([3, 2])
    }
    const times = seen.filter(([, , count]) => count === 3).map(([, at]) => at)
    expect(new Set(times).size).to.equal(20)
    expect(Math.min(...times)).to.be.within(1_000, 1_300)
    expect(Math.max(...times)).to.be.within(1_700, 2_000)
  })

  it('spreads load by weight when measured by weight', async () => {
    const report = await world({
      servers: 3,
      server: (index) => ({ record: { weight: index * 100 } }),
      client: (parts) =>
        cluster({ peers: directory(parts), route: chain(), balance: random(parts), strategy: failfast() }),
    }).run({ callsPerSecond: 1_000, forMs: 10_000 })
    expect(report.servers.map(({ share }) => Math.round(share * 20) / 20)).to.deep.equal([0, 0.35, 0.65])
    expect(report.spread.least).to.be.within(0.9, 1)
    expect(report.spread.most).to.be.within(1, 1.1)
  })

  it('has a balancer that knows everything, and is the best at it', async () => {
    const p99 = async (balance: (parts: ClientParts) => ReturnType<typeof omniscient>): Promise<number> => {
      const made = world({
        servers: 10,
        clients: 10,
        client: (parts) =>
          cluster({ peers: directory(parts), route: chain(), balance: balance(parts), strategy: failfast() }),
      })
      made.servers[0]?.slow(10)
      made.at(2_000, () => made.servers[1]?.crash())
      const report = await made.run({ callsPerSecond: 5_000, forMs: 4_000 })
      if (balance === omniscient) expect(report.failed).to.be.at.most(8)
      return report.latencyMs.p99
    }
    const best = await p99(omniscient)
    expect(best).to.be.below(60)
    for (const balance of [random, roundRobin, leastLoaded]) expect(await p99(balance)).to.be.above(best)
  })

  it('describes itself for people', async () => {
    const made = world({ sessionMs: Number.POSITIVE_INFINITY })
    made.at(500, () => made.servers[0]?.crash())
    const report = await made.run({ callsPerSecond: 1_000, forMs: 1_000 })
    const text = describeReport({ ...report, unfinished: 2 })
    expect(text.split('\n')[0]).to.equal(`calls    ${report.calls}, ${report.attempts} attempts (1.000 for each)`)
    expect(text.split('\n')[1]).to.match(/^failed {3}\d+ unavailable, 2 unfinished$/)
    expect(text.split('\n')[2]).to.match(
      /^latency {2}p50 \d+\.\d ms, p95 \d+\.\d ms, p99 \d+\.\d ms, p99\.9 \d+\.\d ms$/,
    )
    expect(text.split('\n')[3]).to.match(/^load {5}\d+\.\d % to \d+\.\d % of the due of a server$/)
    expect(describeReport({ ...report, failures: {} })).to.include('failed   none')
  })

  it('refuses what makes no sense', async () => {
    expect(() => world({ servers: 0 })).to.throw(RangeError, 'servers must be a whole number above 0, got 0')
    expect(() => world({ clients: 1.5 })).to.throw(RangeError, 'clients must be a whole number above 0, got 1.5')
    expect(() => world({ server: { workers: 0 } })).to.throw(RangeError, 'workers must be 1 or more, got 0')
    expect(() => world({ server: { queue: -1 } })).to.throw(RangeError, 'queue must be 0 or more, got -1')
    const made = world()
    const refused = (options: Parameters<typeof made.run>[0]): Promise<string> =>
      made.run(options).then(
        () => 'nothing',
        (error: Error) => error.message,
      )
    expect(await refused({ callsPerSecond: -1, forMs: 1 })).to.equal('callsPerSecond must be 0 or more, got -1')
    expect(await refused({ callsPerSecond: 1, forMs: 1, sliceMs: 0 })).to.equal('sliceMs must be above 0, got 0')
    const running = made.run({ callsPerSecond: 1, forMs: 1 })
    expect(await refused({ callsPerSecond: 1, forMs: 1 })).to.equal(
      'this simulation is running: wait until it has ended, then go on',
    )
    await running
    expect(await refused({ callsPerSecond: 1, forMs: 1 })).to.equal('nothing')
  })
})
