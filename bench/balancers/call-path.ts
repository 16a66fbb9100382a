import { breaker, chain, cluster, failover, gray, healthChain, outlierEjection, p2c, panic } from '@kumquat/cluster'
import type { Invoker } from '@kumquat/core'
import { type Contender, type Figure, measure } from './measure.ts'
import { callsOf, connect, peersOf } from './peers.ts'

/** What the cluster layer adds to a call that goes well: route, health, pick, loads, failover and its budget. */
export async function callPath(size: number, rounds: number): Promise<readonly Figure[]> {
  using health = panic(healthChain(breaker(), outlierEjection()))()
  const peers = peersOf(size, health.connect(connect))
  const calls = callsOf(1_024)
  const bare = connect(peers.current[0].record)
  const through = (name: string, invoke: Invoker): Contender => ({
    name,
    async run(times) {
      for (let i = 0; i < times; i++) await invoke(calls[i & 1_023]!)
    },
  })
  const whole = cluster({ peers, route: chain(gray()), balance: p2c(), strategy: failover() })
  return await measure([through('bare invoke', bare.invoke), through('cluster', whole)], rounds)
}
