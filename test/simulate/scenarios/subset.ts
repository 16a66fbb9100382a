import {
  aperture,
  chain,
  cluster,
  directory,
  failfast,
  p2c,
  peakEwma,
  rendezvousSubset,
  type Subset,
  subsetOf,
} from '@kumquat/cluster'
import { constant, simulation } from '@kumquat/cluster/simulation'
import type { Connect } from '@kumquat/core'
import { atMost, figure, type Scenario, within } from '../scenario.ts'

const SERVERS = 100
const CLIENTS = 2_000
const SIZE = 30

/** Two thousand clients of a hundred servers, each connected to a few; all servers must have about as much to do. */
export const subset: Scenario = {
  name: 'subset',
  async run(seed) {
    const figures = []
    for (const [name, make] of Object.entries(SUBSETS)) {
      const { most, spread } = await subsets(make, seed)
      figures.push(
        figure(name, 'connections of a client', most, atMost(SIZE + 1)),
        figure(name, 'load of the least busy / fair', spread.least, within(0.85, 1)),
        figure(name, 'load of the busiest / fair', spread.most, within(1, 1.15)),
      )
    }
    return figures
  },
}

const SUBSETS: Readonly<Record<string, (client: number) => Subset>> = {
  rendezvous: (client) => rendezvousSubset({ size: SIZE, client: `client ${client}` }),
  aperture: (client) => aperture({ client, clients: CLIENTS, minimum: SIZE }),
}

async function subsets(make: (client: number) => Subset, seed: number) {
  let most = 0
  const world = simulation({
    seed,
    servers: SERVERS,
    server: { service: constant(10) },
    clients: CLIENTS,
    client(parts) {
      let opened = 0
      const connect: Connect = (record) => {
        opened++
        most = Math.max(most, opened)
        return parts.connect(record)
      }
      const peers = directory({ records: subsetOf(parts.records, make(parts.index)), connect })
      const balance = p2c({ ...parts, load: peakEwma(parts) })
      return cluster({ peers, route: chain(), balance, strategy: failfast() })
    },
  })
  const { spread } = await world.run({ callsPerSecond: 20_000, forMs: 10_000 })
  return { most, spread }
}
