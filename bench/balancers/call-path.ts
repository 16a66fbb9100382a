import {
  breaker,
  chain,
  cluster,
  failfast,
  failover,
  gray,
  healthChain,
  outlierEjection,
  p2c,
  panic,
  roundRobin,
} from '@kumquat/cluster'
import type { Connect, Invoker } from '@kumquat/core'
import { type Contender, type Figure, measure } from './measure.ts'
import { callsOf, connect, peersOf } from './peers.ts'

/** The contender that is as a consumer is by default. */
export const DEFAULT_PATH = '+ breaker and panic, the default'

/**
 * What the cluster layer adds to a call that goes well: the bare call first, then part after part.
 */
export async function callPath(size: number, rounds: number): Promise<readonly Figure[]> {
  using health = panic(breaker())()
  using more = panic(healthChain(breaker(), outlierEjection()))()
  const calls = callsOf(1_024)
  const through = (name: string, invoke: Invoker): Contender => ({
    name,
    async run(times) {
      for (let i = 0; i < times; i++) await invoke(calls[i & 1_023]!)
    },
  })
  const parts = { route: chain(), balance: roundRobin(), strategy: failfast() }
  const over = (opened: Connect): Invoker => cluster({ peers: peersOf(size, opened), ...parts })
  const contenders = [through('bare invoke', connect(peersOf(1).current[0].record).invoke)]
  contenders.push(through('cluster of the simplest parts', over(connect)))
  parts.route = chain(gray())
  contenders.push(through('+ route by lane', over(connect)))
  parts.balance = p2c()
  contenders.push(through('+ p2c by peak-EWMA', over(connect)))
  parts.strategy = failover()
  contenders.push(through('+ failover with its budget', over(connect)))
  contenders.push(through(DEFAULT_PATH, over(health.connect(connect))))
  contenders.push(through('+ outlier ejection', over(more.connect(connect))))
  return await measure(contenders, rounds)
}
