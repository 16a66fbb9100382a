import { type SessionState, type Store, uniqueId } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { redis } from '@kumquat/registry/redis'
import { expect } from 'chai'
import { freePort, type RedisServer, redisOrSkip } from '../../../../test/servers/redis.ts'

describe('Redis store, over several servers', function () {
  this.timeout(60_000)
  const servers: RedisServer[] = []
  const stores: Store[] = []

  afterEach(async () => {
    for (const store of stores.splice(0)) await store[Symbol.asyncDispose]()
    for (const server of servers.splice(0)) await server.stop()
  })

  const started = async (context: Mocha.Context, ...flags: readonly string[]): Promise<RedisServer> => {
    const server = await redisOrSkip(context, flags)
    servers.push(server)
    return server
  }
  const opened = (...at: readonly RedisServer[]): Store => {
    const addresses = at.map(({ port }) => `127.0.0.1:${port}`).join()
    const store = redis({ servers: addresses, root: `test-${uniqueId()}`, sessionTimeoutMs: 2_000 })
    stores.push(store)
    return store
  }

  for (const replicated of [true, false]) {
    it(`goes on at a replica that has ${replicated ? 'everything' : 'nothing'}, once that is the first`, async function () {
      const first = await started(this, '--repl-diskless-sync-delay', '0')
      const second = await started(this)
      await second.cli('replicaof', '127.0.0.1', String(replicated ? first.port : 1))
      const store = opened(first, second)
      await store.hold('/a/b', '1')
      const watch = await store.watch('/a')
      const states: SessionState[] = []
      store.session.subscribe((state) => states.push(state))
      const hasArrived = async (): Promise<void> =>
        void expect(await second.cli('exists', await only(first, '*/a'))).to.equal('1')
      if (replicated) await eventually(hasArrived, { withinMs: 20_000, everyMs: 50 })
      await first.kill()
      await eventually(() => expect(states).to.deep.equal(['suspended']))
      await second.cli('replicaof', 'no', 'one')
      await eventually(() => expect(states.at(-1)).to.equal('connected'), { withinMs: 20_000 })
      expect(states).to.deep.equal(replicated ? ['suspended', 'connected'] : ['suspended', 'lost', 'connected'])
      expect(await store.get('/a/b')).to.have.property('value', '1')
      await store.put('/a/c', '2')
      await eventually(() => expect(watch.current.map(({ name }) => name)).to.deep.equal(['b', 'c']))
    })
  }

  it('goes to the node of a cluster that its root belongs to', async function () {
    const cluster = async (): Promise<RedisServer> =>
      started(this, '--cluster-enabled', 'yes', '--cluster-port', String(await freePort()))
    const [first, second] = [await cluster(), await cluster()]
    await second.cli('cluster', 'addslotsrange', '0', '16383')
    const busOfFirst = /@(\d+)/.exec(await first.cli('cluster', 'nodes'))?.[1] ?? ''
    await second.cli('cluster', 'meet', '127.0.0.1', String(first.port), busOfFirst)
    await eventually(async () => expect(await first.cli('cluster', 'info')).to.contain('cluster_state:ok'), {
      withinMs: 30_000,
      everyMs: 100,
    })
    const store = opened(first)
    await store.hold('/a/b', '1')
    expect(await store.list('/a')).to.have.lengthOf(1)
    expect(await second.cli('dbsize')).not.to.equal('0')
    expect(store.session.current).to.equal('connected')
  })
})

/** The one key that matches. */
async function only(server: RedisServer, pattern: string): Promise<string> {
  const keys = (await server.cli('keys', pattern)).split('\n').filter((key) => !key.includes(':stamps'))
  expect(keys).to.have.lengthOf(1)
  return keys[0] ?? ''
}
