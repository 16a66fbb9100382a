import assert from 'node:assert/strict'
import { type Store, uniqueId } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { storeContract } from '@kumquat/registry/contract'
import { etcd } from '@kumquat/registry/etcd'
import { type EtcdServer, etcdOrSkip } from '../../../../test/servers/etcd.ts'

describe('etcd store', () => {
  let server: EtcdServer

  before(async function () {
    this.timeout(30_000)
    server = await etcdOrSkip(this)
  })
  after(async () => {
    await server?.stop()
  })

  storeContract({
    name: 'etcd store',
    describe,
    it: (title, body) =>
      it(title, async function () {
        this.timeout(60_000)
        await body()
      }),
    withinMs: 20_000,
    async prepare() {
      const root = `/contract-${uniqueId()}`
      const servers = `127.0.0.1:${server.port}`
      const stores: Store[] = []
      return {
        async open(options) {
          const store = etcd({ servers, root, leaseTtlMs: 2_000, operationTimeoutMs: 3_000, ...options })
          stores.push(store)
          await eventually(() => assert.equal(store.session.current, 'connected'), { withinMs: 20_000 })
          return store
        },
        expire: () => revokeAll(server),
        cut: () => server.kill(),
        mend: () => server.restart(),
        async [Symbol.asyncDispose]() {
          for (const store of stores) await store[Symbol.asyncDispose]()
        },
      }
    },
  })
})

/** Every lease ends, as if its time had run out. */
async function revokeAll(server: EtcdServer): Promise<void> {
  const { leases = [] } = (await server.ask('/v3/lease/leases', {})) as { leases?: readonly { ID: string }[] }
  await Promise.all(leases.map(({ ID }) => server.ask('/v3/lease/revoke', { ID })))
}
