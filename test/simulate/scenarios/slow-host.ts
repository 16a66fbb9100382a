import type { Balancer } from '@kumquat/cluster'
import { chain, cluster, directory, failfast } from '@kumquat/cluster'
import { type ClientParts, exponential, omniscient, type Report, simulation } from '@kumquat/cluster/simulation'
import { BLIND, KEYED, SEEING } from '../balancers.ts'
import { atMost, type Figure, figure, type Scenario } from '../scenario.ts'

const SERVERS = 10
const WORKERS = 8
const WORK_MS = 10

/**
 * One of ten servers becomes ten times slower while the load stays at 70 % of what all ten could do before. Who sends it
 * its tenth has calls wait there for ever longer; the measure is a balancer that knows everything.
 */
export const slowHost: Scenario = {
  name: 'slow-host',
  async run(seed) {
    const best = await slowed(omniscient, seed)
    const figures: Figure[] = [figure('omniscient', 'p99 ms', best.latencyMs.p99)]
    for (const [name, make] of Object.entries({ ...SEEING, ...BLIND, ...KEYED })) {
      const report = await slowed(make, seed)
      const bound = name === 'p2c peak-ewma' ? atMost(1.5) : undefined
      figures.push(
        figure(name, 'p99 / that of the omniscient', report.latencyMs.p99 / best.latencyMs.p99, bound),
        figure(name, 'share of the slow server, %', 100 * report.servers[0]!.share),
      )
    }
    return figures
  },
}

async function slowed(balance: (parts: ClientParts) => Balancer, seed: number): Promise<Report> {
  const world = simulation({
    seed,
    servers: SERVERS,
    server: { service: exponential(WORK_MS), workers: WORKERS },
    clients: 5,
    client: (parts) =>
      cluster({ peers: directory(parts), route: chain(), balance: balance(parts), strategy: failfast() }),
  })
  const callsPerSecond = (0.7 * SERVERS * WORKERS * 1_000) / WORK_MS
  await world.run({ callsPerSecond, forMs: 5_000 })
  world.servers[0]!.slow(10)
  return world.run({ callsPerSecond, forMs: 20_000, timeoutMs: Number.POSITIVE_INFINITY })
}
