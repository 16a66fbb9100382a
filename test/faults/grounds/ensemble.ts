import { startZookeeperEnsemble } from '../../servers/zookeeper-ensemble.ts'
import type { Ground } from './ground.ts'

const TTL_MS = 6_000

/** Three ZooKeepers. Electing another leader takes them longer than one needs to restart, hence longer sessions. */
export async function ensembleGround(): Promise<Ground> {
  const ensemble = await startZookeeperEnsemble()
  return {
    name: 'ensemble',
    ttlMs: TTL_MS,
    trials: ['faults'],
    url: (root) => `${ensemble.url(`/${root}`)}?sessionTimeoutMs=${TTL_MS}`,
    async stopLeader() {
      const leader = await ensemble.leader()
      leader.pause()
      return { [Symbol.asyncDispose]: async () => leader.resume() }
    },
    [Symbol.asyncDispose]: () => ensemble.stop(),
  }
}
