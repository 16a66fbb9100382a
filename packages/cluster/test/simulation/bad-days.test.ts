import { flapping, rollingDeploy, type Simulation, simulation } from '@kumquat/cluster/simulation'
import { expect } from 'chai'

const world = (servers: number): Simulation =>
  simulation({ servers, client: () => async () => ({ value: 1 }), sessionMs: 100 })

const until = async (world: Simulation, ms: number): Promise<void> =>
  void (await world.run({ callsPerSecond: 0, forMs: ms - world.clock.now() }))

describe('bad days', () => {
  it('a server flaps until it is let be', async () => {
    const made = world(1)
    const server = made.servers[0]!
    const flaps = flapping(server, made.clock, { upMs: 30, downMs: 20 })
    const seen: string[] = []
    for (let at = 5; at < 150; at += 10) made.at(at, () => seen.push(server.isUp ? '+' : '-'))
    await until(made, 160)
    expect(seen.join('')).to.equal('--+++--+++--+++')
    expect(server.isUp).to.equal(false)
    flaps[Symbol.dispose]()
    expect(server.isUp).to.equal(true)
    await until(made, 500)
    expect(server.isUp).to.equal(true)
    flaps[Symbol.dispose]()
  })

  it('a deploy restarts one after the other, in good order', async () => {
    const made = world(3)
    rollingDeploy(made.servers, made.clock)
    const seen: string[] = []
    const look = (): number => seen.push(made.servers.map(({ isUp }) => (isUp ? '+' : '-')).join(''))
    for (const at of [500, 1_500, 2_500, 3_500, 5_500, 6_500, 8_500, 11_500, 13_500]) made.at(at, look)
    await until(made, 20_000)
    expect(seen).to.deep.equal(['+++', '-++', '-++', '+++', '+++', '+-+', '+++', '++-', '+++'])
    for (const { record } of made.servers) expect(record.startedAt).to.be.above(0)
  })

  it('a deploy goes as fast as it is told', async () => {
    const made = world(2)
    rollingDeploy(made.servers, made.clock, { drainMs: 10, downMs: 10, everyMs: 50 })
    const seen: string[] = []
    const look = (): number => seen.push(made.servers.map(({ isUp }) => (isUp ? '+' : '-')).join(''))
    for (const at of [5, 15, 25, 55, 65, 75]) made.at(at, look)
    await until(made, 200)
    expect(seen).to.deep.equal(['++', '-+', '++', '++', '+-', '++'])
  })
})
