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

const SIMPLEST = { route: chain(), balance: roundRobin(), strategy: failfast() }

/**
 * What the cluster layer adds to a call that goes well, as a consumer has it by default: beside the bare call and alone with
 * it, as in a process that has set up its consumer in one way. To be measured before any other cluster is made: who calls
 * many kinds through the same code gets slower code for all.
 */
export async function defaultPath(size: number, rounds: number): Promise<readonly [bare: Figure, cluster: Figure]> {
  using health = panic(breaker())()
  const peers = peersOf(size, health.connect(connect))
  const whole = cluster({ peers, route: chain(gray()), balance: p2c(), strategy: failover() })
  const [bareFigure, clusterFigure] = await measure([bare(), through('cluster, the default', whole)], rounds)
  return [bareFigure!, clusterFigure!]
}

/** The bare call, then part after part: what each adds, in a process that has all of these clusters. */
export async function callPath(size: number, rounds: number): Promise<readonly Figure[]> {
  using health = panic(breaker())()
  using more = panic(healthChain(breaker(), outlierEjection()))()
  const over = (parts: typeof SIMPLEST, opened: Connect = connect): Invoker =>
    cluster({ peers: peersOf(size, opened), ...parts })
  const routed = { ...SIMPLEST, route: chain(gray()) }
  const balanced = { ...routed, balance: p2c() }
  const repeated = { ...balanced, strategy: failover() }
  return await measure(
    [
      bare(),
      through('cluster of the simplest parts', over(SIMPLEST)),
      through('+ route by lane', over(routed)),
      through('+ p2c by peak-EWMA', over(balanced)),
      through('+ failover with its budget', over(repeated)),
      through('+ breaker and panic', over(repeated, health.connect(connect))),
      through('+ outlier ejection', over(repeated, more.connect(connect))),
    ],
    rounds,
  )
}

const bare = (): Contender => through('bare invoke', connect(peersOf(1).current[0].record).invoke)

const through = (name: string, invoke: Invoker): Contender => ({
  name,
  async run(times) {
    for (let i = 0; i < times; i++) await invoke(CALLS[i & 1_023]!)
  },
})

const CALLS = callsOf(1_024)
