import { startEtcd } from '../../servers/etcd.ts'
import type { Ground } from './ground.ts'

const TTL_MS = 3_000

/** One etcd. Its space can be declared used up, by the alarm that it raises itself when it is. */
export async function etcdGround(): Promise<Ground> {
  const server = await startEtcd()
  const alarm = (action: 'ACTIVATE' | 'DEACTIVATE'): Promise<unknown> =>
    server.ask('/v3/maintenance/alarm', { action, alarm: 'NOSPACE' })
  return {
    name: 'etcd',
    ttlMs: TTL_MS,
    trials: ['faults', 'random', 'start', 'scale'],
    url: (root, port = server.port, ttlMs = TTL_MS) => `etcd://127.0.0.1:${port}/${root}?leaseTtlMs=${ttlMs}`,
    server,
    async refuseWrites() {
      await alarm('ACTIVATE')
      return { [Symbol.asyncDispose]: async () => void (await alarm('DEACTIVATE')) }
    },
    [Symbol.asyncDispose]: () => server.stop(),
  }
}
