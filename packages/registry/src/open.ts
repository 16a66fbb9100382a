import { type Clock, type Logger, RpcError, type Store } from '@kumquat/core'
import { parseRegistryUrl } from './registry-url.ts'
import { file } from './stores/file/file.ts'
import { memory } from './stores/memory/memory.ts'

export interface OpenOptions {
  readonly clock?: Clock
  readonly logger?: Logger
}

/**
 * Opens the store that `url` names: `memory:`, `file:./folder` or `zookeeper://host:2181,host:2181/root?sessionTimeoutMs=6000`.
 * Does not wait for a server. Rejects with `TypeError` when the URL is wrong, naming it and the known schemes.
 */
export async function open(url: string, options: OpenOptions = {}): Promise<Store> {
  const parsed = parseRegistryUrl(url)
  switch (parsed.scheme) {
    case 'memory':
      return memory(options)
    case 'file':
      return file({ ...options, ...parsed.options, dir: parsed.dir })
    case 'zookeeper':
      throw new RpcError('unimplemented', `the ${parsed.scheme} store is on its way`)
  }
}
