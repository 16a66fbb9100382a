import assert from 'node:assert/strict'
import { type Store, uniqueId } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { storeContract } from '@kumquat/registry/contract'
import { zookeeper } from '@kumquat/registry/zookeeper'
import { serverOrSkip, type ZookeeperServer } from '../../../../test/servers/zookeeper.ts'

describe('ZooKeeper store', () => {
  let server: ZookeeperServer
  let running: Mocha.Context

  before(async function () {
    this.timeout(30_000)
    server = await serverOrSkip(this, { mayBeBorrowed: true })
  })
  after(async () => {
    await server?.stop()
  })

  /** Bad days are for servers of our own. */
  const own = (): ZookeeperServer => (server.borrowed ? running.skip() : server)

  storeContract({
    name: 'ZooKeeper store',
    describe,
    it: (title, body) =>
      it(title, async function () {
        this.timeout(60_000)
        running = this
        await body()
      }),
    withinMs: 20_000,
    async prepare() {
      const root = `/contract-${uniqueId()}`
      const servers = new URL(server.url().replace(/^zookeeper:/, 'http:')).host
      const stores: Store[] = []
      return {
        async open(options) {
          const times = { sessionTimeoutMs: 2_000, operationTimeoutMs: 3_000, connectTimeoutMs: 2_000 }
          const store = zookeeper({ servers, root, ...times, ...options })
          stores.push(store)
          await eventually(() => assert.equal(store.session.current, 'connected'), { withinMs: 20_000 })
          return store
        },
        expire: () => own().restart({ wipe: true }),
        cut: () => own().kill(),
        mend: () => own().restart(),
        async [Symbol.asyncDispose]() {
          for (const store of stores) await store[Symbol.asyncDispose]()
        },
      }
    },
  })
})
