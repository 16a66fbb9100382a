import { clusterize } from '@kumquat/cluster'
import { Redis } from 'ioredis'

/** Redis nodes that know nothing of one another, as one: each key lies on one of them. */
export function redisNodes(ports: readonly number[]) {
  const nodes = new Map(ports.map((port) => [`127.0.0.1:${port}`, connectionTo(port)]))
  return clusterize(nodes, {
    name: 'Redis nodes',
    hash: ['get', 'set', 'del', 'incr', 'expire'],
    fanOut: { keys: 'concat', dbsize: 'sum', flushall: 'first' },
    idempotent: ['ping'],
    status: ({ status }) => (LOST.has(status) ? 'closed' : 'open'),
  })
}

function connectionTo(port: number): Redis {
  const node = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 0, retryStrategy: () => 100 })
  // The status says it, too; without a listener ioredis prints it.
  return node.on('error', () => {})
}

const LOST: ReadonlySet<string> = new Set(['close', 'reconnecting', 'end'])
