import {
  exponential,
  flapping,
  type Report,
  rollingDeploy,
  type Simulation,
  simulation,
  uniform,
} from '@kumquat/cluster/simulation'
import { budgeted, usual } from '../clients.ts'
import { atMost, exactly, figure, type Scenario } from '../scenario.ts'

/** One of ten servers crashes and comes back all the time; and, in good order, a release restarts all of them. */
export const flap: Scenario = {
  name: 'flap',
  async run(seed) {
    const calm = await run(seed, () => {})
    const refusing = await run(seed, ({ servers, clock }) =>
      flapping(servers[0]!, clock, { upMs: 2_000, downMs: 1_000 }),
    )
    const silent = await run(seed, ({ servers, clock }) =>
      flapping(servers[0]!, clock, { upMs: 2_000, downMs: 1_000, silent: true }),
    )
    const deploy = await run(seed, ({ servers, clock }) => rollingDeploy(servers, clock))
    return [
      figure('crashes', 'failed calls', refusing.failed, exactly(0)),
      figure('crashes', 'attempts per call', refusing.amplification, atMost(1.05)),
      figure('crashes', 'p99 / that of calm days', refusing.latencyMs.p99 / calm.latencyMs.p99, atMost(1.5)),
      figure('silences', 'failed calls', silent.failed, exactly(0)),
      figure('silences', 'attempts per call', silent.amplification, atMost(1.05)),
      figure('silences', 'p99 / that of calm days', silent.latencyMs.p99 / calm.latencyMs.p99, atMost(1.5)),
      figure('silences', 'p99.9 / that of calm days', silent.latencyMs.p999 / calm.latencyMs.p999),
      figure('a deploy', 'failed calls', deploy.failed, exactly(0)),
      figure('a deploy', 'attempts per call', deploy.amplification, exactly(1)),
      figure('a deploy', 'p99 / that of calm days', deploy.latencyMs.p99 / calm.latencyMs.p99, atMost(1.5)),
    ]
  },
}

/** Attempts have half a second, calls three; news arrives within half a second. */
async function run(seed: number, happens: (world: Simulation) => unknown): Promise<Report> {
  const world = simulation({
    seed,
    servers: 10,
    server: { service: exponential(10) },
    clients: 4,
    client: usual(budgeted, 500),
    registryDelay: uniform(10, 500),
    network: uniform(0.1, 0.5),
  })
  world.at(5_000, () => void happens(world))
  return world.run({ callsPerSecond: 3_000, forMs: 60_000 })
}
