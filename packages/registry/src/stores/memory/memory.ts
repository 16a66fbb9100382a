import { Cell, RpcError, type SessionState, type Store } from '@kumquat/core'
import type { Backend } from '../backend.ts'
import { heldByAnother, storeClosed } from '../refusals.ts'
import { tellSession } from '../session-story.ts'
import { type StoreOptions, storeOver } from '../store-over.ts'
import { MemoryTree } from './memory-tree.ts'

export interface MemoryOptions extends StoreOptions {
  /** Shared by the stores that shall see one another. Default: a new one. */
  readonly tree?: MemoryTree
}

/** A store within this process: for tests, and for a provider and its consumer in one process. */
export function memory({ tree = new MemoryTree(), ...options }: MemoryOptions = {}): Store {
  return storeOver((restored) => backend(tree, restored), options)
}

function backend(tree: MemoryTree, restored: () => Promise<void>): Backend {
  const { nodes } = tree
  const session = new Cell<SessionState>(tree.down ? 'suspended' : 'connected')
  const restore = async (): Promise<void> => {
    await restored()
    if (!tree.down) tellSession(session, 'connected')
  }
  const client = {
    cut: () => tellSession(session, 'suspended'),
    mended: () => void restore(),
    expired: () => {
      tellSession(session, 'lost')
      if (!tree.down) void restore()
    },
  }
  const line = tree.connect(client)
  const reached = (): void => {
    if (session.current === 'closed') throw storeClosed()
    if (tree.down) throw new RpcError('unavailable', 'the memory tree is cut off; mend() it', { outcome: 'not-run' })
  }
  return {
    session,
    get: async (path) => {
      reached()
      return nodes.get(path)
    },
    list: async (path) => {
      reached()
      return nodes.list(path)
    },
    put: async (path, value, options) => {
      reached()
      return nodes.put(path, value, options)
    },
    delete: async (path, options) => {
      reached()
      nodes.delete(path, options)
    },
    claim: async (path, value, how) => {
      reached()
      const owner = nodes.ownerOf(path)
      if (how !== 'replace' && owner && owner !== client) throw heldByAnother(path, 'another store on this tree')
      nodes.put(path, value, {}, client)
    },
    release: async (path) => {
      reached()
      if (nodes.ownerOf(path) === client) nodes.delete(path)
    },
    holds: async (path, value) => {
      reached()
      return nodes.ownerOf(path) === client && nodes.get(path)?.value === value
    },
    observe: (path, changed) => nodes.observe(path, changed),
    observeEntry: (path, changed) => nodes.observe(parentOf(path), changed),
    close: async () => {
      session.set('closed')
      line[Symbol.dispose]()
    },
  }
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'
