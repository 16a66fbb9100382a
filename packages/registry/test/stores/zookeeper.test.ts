import type { Store } from '@kumquat/core'
import { uniqueId } from '@kumquat/core'
import { storeContract } from '@kumquat/registry/contract'
import { zookeeper } from '@kumquat/registry/zookeeper'
import { serverOrSkip, type ZookeeperServer } from '../../../../test/servers/zookeeper.ts'

describe('ZooKeeper store', () => {
  let server: ZookeeperServer
  before(async function () {
    server = await serverOrSkip(this)
  })
  after(async () => {
    await server?.stop()
  })

  storeContract({
    name: 'ZooKeeper store',
    describe,
    it: (title, body) => it(title, body).timeout(30_000),
    withinMs: 20_000,
    async prepare() {
      const root = `/contract-${uniqueId()}`
      const stores: Store[] = []
      return {
        open(options) {
          const store = zookeeper({
            servers: `127.0.0.1:${server.port}`,
            root,
            sessionTimeoutMs: 2_000,
            operationTimeoutMs: 3_000,
            connectTimeoutMs: 2_000,
            ...options,
          })
          stores.push(store)
          return store
        },
        expire: () => server.restart({ wipe: true }),
        cut: () => server.kill(),
        mend: () => server.restart(),
        async [Symbol.asyncDispose]() {
          for (const store of stores) await store[Symbol.asyncDispose]()
        },
      }
    },
  })
})
