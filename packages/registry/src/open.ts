import type { Store } from '@kumquat/core'
import { parseRegistryUrl } from './registry-url.ts'
import { file } from './stores/file/file.ts'
import { memory } from './stores/memory/memory.ts'
import type { StoreOptions } from './stores/store-over.ts'

/** What the URL says goes before these. */
export type OpenOptions = StoreOptions

/**
 * Opens the store that `url` names: `memory:`, `file:./folder?leaseMs=5000`,
 * `zookeeper://user:password@host:2181,host:2181/root?sessionTimeoutMs=6000&operationTimeoutMs=5000&acl=creator`,
 * `etcd://user:password@host:2379,host:2379/root?leaseTtlMs=6000` (`etcds:` for TLS, with `caFile`, `certFile` and `keyFile`) or
 * `redis://user:password@host:6379/0?root=name` (`rediss:` for TLS), with the same options; all but memory take `maxValueBytes`.
 * Does not wait for a server. Rejects with `TypeError` or `RangeError` when the URL is wrong, naming it and what is known.
 */
export async function open(url: string, options: OpenOptions = {}): Promise<Store> {
  const parsed = parseRegistryUrl(url)
  switch (parsed.scheme) {
    case 'memory':
      return memory(options)
    case 'file':
      return file({ ...options, ...parsed.options, dir: parsed.dir })
    case 'zookeeper': {
      // Only who uses it pays for it.
      const { scheme: _, options: numbers, ...place } = parsed
      const { zookeeper } = await import('./stores/zookeeper/index.ts')
      return zookeeper({ ...options, ...numbers, ...place })
    }
    case 'etcd': {
      const { scheme: _, options: numbers, files, tls, ...place } = parsed
      const { etcd, readPems } = await import('./stores/etcd/index.ts')
      return etcd({ ...options, ...numbers, ...place, ...(tls ? { tls: await readPems(files) } : {}) })
    }
    case 'redis': {
      const { scheme: _, options: numbers, ...place } = parsed
      const { redis } = await import('./stores/redis/index.ts')
      return redis({ ...options, ...numbers, ...place })
    }
  }
}
