import { startRedis } from '../../servers/redis.ts'
import type { Ground } from './ground.ts'

const TTL_MS = 3_000

/** One Redis without persistence: whatever it had is gone after a restart. It refuses writes while it misses replicas. */
export async function redisGround(): Promise<Ground> {
  const server = await startRedis()
  const wantReplicas = (count: number): Promise<unknown> =>
    server.cli('config', 'set', 'min-replicas-to-write', String(count))
  return {
    name: 'redis',
    ttlMs: TTL_MS,
    trials: ['faults', 'random', 'start'],
    url: (root, port = server.port, ttlMs = TTL_MS) =>
      `redis://127.0.0.1:${port}/0?root=${root}&sessionTimeoutMs=${ttlMs}`,
    server,
    async refuseWrites() {
      await wantReplicas(1)
      return { [Symbol.asyncDispose]: async () => void (await wantReplicas(0)) }
    },
    [Symbol.asyncDispose]: () => server.stop(),
  }
}
