import type { Store } from '@kumquat/core'
import { MemoryTree, memory } from '@kumquat/registry'
import { storeContract } from '@kumquat/registry/contract'

storeContract({
  name: 'memory store',
  describe,
  it,
  canDeafen: true,
  async prepare() {
    const tree = new MemoryTree()
    const stores: Store[] = []
    return {
      async open(options) {
        const store = memory({ tree, ...options })
        stores.push(store)
        return store
      },
      expire: async () => tree.expireSessions(),
      cut: async () => tree.cut(),
      mend: async () => tree.mend(),
      deafen: async () => tree.deafen(),
      async [Symbol.asyncDispose]() {
        for (const store of stores) await store[Symbol.asyncDispose]()
      },
    }
  },
})
