import { chain, cluster, directory, failover, p2c, peakEwma } from '@kumquat/cluster'
import { exponential, simulation } from '@kumquat/cluster/simulation'
import { systemClock } from '@kumquat/core'
import { atLeast, atMost, exactly, figure, type Scenario } from '../scenario.ts'

const CALLS = 1_000_000
const SERVERS = 10_000

/** What the simulator itself can do: a million calls to ten thousand servers. */
export const scale: Scenario = {
  name: 'scale',
  async run(seed) {
    const begun = systemClock.now()
    const world = simulation({
      seed,
      servers: SERVERS,
      server: { service: exponential(10) },
      client: (parts) =>
        cluster({
          peers: directory(parts),
          route: chain(),
          balance: p2c({ ...parts, load: peakEwma(parts) }),
          strategy: failover(parts),
        }),
    })
    const report = await world.run({ callsPerSecond: CALLS, forMs: 1_010 })
    return [
      figure(`${SERVERS} servers`, 'calls', report.calls, atLeast(CALLS)),
      figure(`${SERVERS} servers`, 'failed calls', report.failed, exactly(0)),
      figure(`${SERVERS} servers`, 's of real time', (systemClock.now() - begun) / 1_000, atMost(120)),
    ]
  },
}
