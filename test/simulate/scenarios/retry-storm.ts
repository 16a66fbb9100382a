import { hedging } from '@kumquat/cluster'
import { exponential, type Report, type SimulatedServer, simulation } from '@kumquat/cluster/simulation'
import { budgeted, type MakeStrategy, unbudgeted, usual } from '../clients.ts'
import { atMost, figure, type Scenario } from '../scenario.ts'

/**
 * Every server fails, in one way or another, for half a minute under load; everybody tries again, but not too often: 20 % of
 * calls, and beyond that 10 a second and client. So a client that makes few calls may try each three times: no storm.
 */
export const retryStorm: Scenario = {
  name: 'retry-storm',
  async run(seed) {
    const measure = 'attempts per call'
    const figures = []
    for (const [outage, fails] of Object.entries(OUTAGES)) {
      for (const [name, strategy] of Object.entries({ failover: budgeted, hedging: hedged })) {
        const { amplification } = await storm(strategy, fails, seed)
        figures.push(figure(`${name}, ${outage}`, measure, amplification, atMost(1.25)))
      }
      const { amplification } = await storm(unbudgeted, fails, seed)
      figures.push(figure(`no budget, ${outage}`, measure, amplification))
    }
    const { amplification } = await storm(budgeted, (server) => server.crash(), seed, 20)
    figures.push(figure('failover, refused, 5 calls/s a client', measure, amplification))
    return figures
  },
}

const OUTAGES: Readonly<Record<string, (server: SimulatedServer) => void>> = {
  'connections refused': (server) => server.crash(),
  'all calls fail': (server) => server.fail(1),
  'all calls refused': (server) => server.fail(1, 'unavailable', 'not-run'),
  'no answers': (server) => server.crash({ silent: true }),
}

const hedged: MakeStrategy = (parts) => hedging(parts)

async function storm(
  strategy: MakeStrategy,
  fails: (server: SimulatedServer) => void,
  seed: number,
  callsPerSecond = 4_000,
): Promise<Report> {
  const world = simulation({
    seed,
    servers: 20,
    server: { service: exponential(10) },
    clients: 4,
    client: usual(strategy),
    sessionMs: Number.POSITIVE_INFINITY,
  })
  const load = { callsPerSecond, timeoutMs: 1_000 }
  await world.run({ ...load, forMs: 5_000 })
  for (const server of world.servers) fails(server)
  return world.run({ ...load, forMs: 30_000 })
}
