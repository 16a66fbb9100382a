import assert from 'node:assert/strict'
import { type Store, uniqueId } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { storeContract } from '@kumquat/registry/contract'
import { redis } from '@kumquat/registry/redis'
import { type RedisServer, redisOrSkip } from '../../../../test/servers/redis.ts'

describe('Redis store', () => {
  let server: RedisServer

  before(async function () {
    this.timeout(30_000)
    server = await redisOrSkip(this, ['--appendonly', 'yes', '--appendfsync', 'no'])
  })
  after(async () => {
    await server?.stop()
  })

  storeContract({
    name: 'Redis store',
    describe,
    it: (title, body) =>
      it(title, async function () {
        this.timeout(60_000)
        await body()
      }),
    withinMs: 20_000,
    async prepare() {
      const root = `contract-${uniqueId()}`
      const servers = `127.0.0.1:${server.port}`
      const stores: Store[] = []
      return {
        async open(options) {
          const times = { sessionTimeoutMs: 2_000, operationTimeoutMs: 3_000 }
          const store = redis({ servers, root, ...times, ...options })
          stores.push(store)
          await eventually(() => assert.equal(store.session.current, 'connected'), { withinMs: 20_000 })
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
