import { lognormal, type SimulatedServer, simulation, timeToRecover } from '@kumquat/cluster/simulation'
import { budgeted, type MakeStrategy, unbudgeted, usual } from '../clients.ts'
import { atMost, figure, type Scenario } from '../scenario.ts'

const FAULT_MS = 10_000
const HEAL_MS = 20_000

/**
 * An outage of ten seconds at 70 % load. When it ends, queues are full of calls that nobody waits for, and servers that do
 * not notice work at them; attempts time out meanwhile. Who tries again without measure keeps it so for ever: Bronson et
 * al., "Metastable Failures in Distributed Systems", HotOS 2021.
 */
export const metastable: Scenario = {
  name: 'metastable',
  async run(seed) {
    const measure = 's until all is as before'
    const figures = []
    for (const [name, outage] of Object.entries(OUTAGES)) {
      figures.push(
        figure(`failover, ${name}`, measure, await recovery(budgeted, outage, seed), atMost(10)),
        figure(`no budget, ${name}`, measure, await recovery(unbudgeted, outage, seed)),
      )
    }
    return figures
  },
}

interface Outage {
  begin(server: SimulatedServer): void
  end(server: SimulatedServer): void
}

const OUTAGES: Readonly<Record<string, Outage>> = {
  'servers stalled': { begin: (server) => server.slow(100), end: (server) => server.slow(1) },
  'servers down': { begin: (server) => server.crash(), end: (server) => server.start() },
}

async function recovery(strategy: MakeStrategy, { begin, end }: Outage, seed: number): Promise<number> {
  const world = simulation({
    seed,
    servers: 10,
    server: { service: lognormal(10), workers: 4, queue: 500, dropsAbandoned: false },
    clients: 4,
    client: usual(strategy, 250),
    sessionMs: Number.POSITIVE_INFINITY,
  })
  world.at(FAULT_MS, () => world.servers.forEach(begin))
  world.at(HEAL_MS, () => world.servers.forEach(end))
  const report = await world.run({ callsPerSecond: 0.7 * 4_000, forMs: 60_000, timeoutMs: 1_000 })
  return timeToRecover(report, { faultMs: FAULT_MS, healMs: HEAL_MS }) / 1_000
}
