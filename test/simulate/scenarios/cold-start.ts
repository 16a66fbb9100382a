import { chain, cluster, directory, failfast, warmUp } from '@kumquat/cluster'
import { exponential, type Report, simulation, uniform } from '@kumquat/cluster/simulation'
import { BLIND, type MakeBalancer, SEEING } from '../balancers.ts'
import { atMost, figure, type Scenario } from '../scenario.ts'

const COLD = { factor: 10, forMs: 10_000 }
const WARM_UP_MS = 30_000

/**
 * A server joins ten that are at 70 % load; it is ten times slower than they, and takes ten seconds to become as fast. To
 * have its weight grow over thirty keeps calls from waiting there.
 */
export const coldStart: Scenario = {
  name: 'cold-start',
  async run(seed) {
    const figures = []
    for (const [name, make] of Object.entries(BALANCERS)) {
      const calm = await joined(make, { seed, warmupMs: 0, cold: { factor: 1, forMs: 0 } })
      for (const [warmupMs, subject, bound] of [
        [WARM_UP_MS, `${name}, warmed up`, atMost(1.25)],
        [0, `${name}, not warmed up`, undefined],
      ] as const) {
        const { latencyMs } = await joined(make, { seed, warmupMs, cold: COLD })
        figures.push(figure(subject, 'p99 / that of a warm newcomer', latencyMs.p99 / calm.latencyMs.p99, bound))
      }
    }
    return figures
  },
}

const BALANCERS: Readonly<Record<string, MakeBalancer>> = {
  'weighted-round-robin': BLIND['weighted-round-robin'],
  random: BLIND.random,
  'least-loaded': SEEING['least-loaded'],
  'p2c peak-ewma': SEEING['p2c peak-ewma'],
}

interface Newcomer {
  readonly seed: number
  readonly warmupMs: number
  readonly cold: { readonly factor: number; readonly forMs: number }
}

async function joined(make: MakeBalancer, { seed, warmupMs, cold }: Newcomer): Promise<Report> {
  const world = simulation({
    seed,
    servers: 10,
    server: { service: exponential(10) },
    clients: 4,
    registryDelay: uniform(10, 500),
    client: (parts) =>
      cluster({
        peers: warmUp(directory(parts), parts),
        route: chain(),
        balance: make(parts),
        strategy: failfast(),
      }),
  })
  const callsPerSecond = 0.7 * 8_000
  await world.run({ callsPerSecond, forMs: 5_000 })
  world.join({ service: exponential(10), cold, record: { warmupMs } })
  return world.run({ callsPerSecond, forMs: 20_000 })
}
