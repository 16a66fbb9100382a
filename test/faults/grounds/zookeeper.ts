import { startZookeeper, type ZookeeperServer } from '../../servers/zookeeper.ts'
import type { Ground } from './ground.ts'

const TTL_MS = 3_000

/** One ZooKeeper, which ends with the ground. */
export async function zookeeperGround(running?: ZookeeperServer): Promise<Ground> {
  const server = running ?? (await startZookeeper())
  return {
    name: 'zookeeper',
    ttlMs: TTL_MS,
    trials: ['faults', 'random', 'start', 'scale'],
    url: (root, port = server.port, ttlMs = TTL_MS) =>
      `zookeeper://127.0.0.1:${port}/${root}?sessionTimeoutMs=${ttlMs}`,
    server,
    [Symbol.asyncDispose]: () => server.stop(),
  }
}
