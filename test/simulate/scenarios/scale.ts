import { chain, cluster, directory, failover, p2c, peakEwma } from '@kumquat/cluster'
import { exponential, simulation } from '@kumquat/cluster/simulation'
import { atLeast, atMost, exactly, figure, type Scenario } from '../scenario.ts'

const CALLS = 1_000_000
const SERVERS = 10_000

/** What the simulator itself can do: a million calls to ten thousand servers. */
export const scale: Scenario = {
  name: 'scale',
  async run(seed) {
    const before = process.cpuUsage()
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
      // Of the processor, not of the clock on the wall: others may be at work on this machine.
      figure(`${SERVERS} servers`, 's of computing', process.cpuUsage(before).user / 1e6, atMost(60)),
    ]
  },
}
