import {
  breaker,
  chain,
  cluster,
  concurrencyLimit,
  directory,
  failover,
  type Health,
  healthChain,
  outlierEjection,
  type Peers,
  panic,
  slowStart,
  throttle,
  warmUp,
  weightedRoundRobin,
} from '@kumquat/cluster'
import { type Clock, type Connect, type Invoker, type Live, type ProviderRecord, systemClock } from '@kumquat/core'

export interface ProtectedCluster extends AsyncDisposable {
  readonly invoke: Invoker
  readonly peers: Live<Peers>
  readonly health: Health
}

/** A cluster with all that protects it. */
export function protectedCluster(
  records: Live<readonly ProviderRecord[]>,
  connect: Connect,
  clock: Clock = systemClock,
): ProtectedCluster {
  const health = healthChain(
    concurrencyLimit({ clock }),
    panic(healthChain(breaker({ clock }), outlierEjection({ clock }))),
  )()
  const known = directory({ records, connect: health.connect(connect) })
  const warm = warmUp(known, { clock })
  const peers = slowStart(warm, { verdicts: health.verdicts, clock })
  const throttled = throttle({ clock })
  return {
    invoke: throttled(cluster({ peers, route: chain(), balance: weightedRoundRobin(), strategy: failover({ clock }) })),
    peers,
    health,
    async [Symbol.asyncDispose]() {
      peers[Symbol.dispose]()
      warm[Symbol.dispose]()
      await known[Symbol.asyncDispose]()
      health[Symbol.dispose]()
    },
  }
}
