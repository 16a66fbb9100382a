import { silent } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { type Consumer, consumer, defineService, implement, method, type Provider, provider } from '@kumquat/rpc'
import { expect } from 'chai'
import { serverOrSkip, type ZookeeperServer } from '../servers/zookeeper.ts'

const key = { app: 'shop', group: 'till' }
const TILL = defineService({ ...key, methods: { sell: method<(id: number) => number>() } })

describe('a provider in a registry of ZooKeeper', function () {
  this.timeout(60_000)
  let server: ZookeeperServer
  let registry: string
  let isWell = true
  let one: Provider
  let consuming: Consumer
  before(async function () {
    server = await serverOrSkip(this)
    registry = server.url()
  })
  after(() => server?.stop())
  beforeEach(async () => {
    isWell = true
    const services = [implement(TILL, { sell: (id) => id })]
    const health = { check: () => isWell, intervalMs: 20, failures: 2, successes: 2 }
    one = await provider({ registry, services, health, quietMs: 0, logger: silent })
    consuming = await consumer({ registry, snapshot: false, logger: silent })
    await sees(1)
  })
  afterEach(async () => {
    await consuming[Symbol.asyncDispose]()
    await one.stop()
  })
  const sees = (count: number): Promise<unknown> =>
    eventually(() => expect(consuming.peers(key).current).to.have.length(count), { withinMs: 15_000 })

  it('is out while it is not well, and back when it is, as often as that changes', async () => {
    for (let i = 0; i < 3; i++) {
      isWell = false
      await sees(0)
      isWell = true
      await sees(1)
      expect(await consuming.client(TILL).sell(i)).to.equal(i)
    }
  })

  it('is out while it is unregistered, by hand, and forgets no change meanwhile', async () => {
    await one.unregister()
    await sees(0)
    await one.update({ weight: 7 })
    await one.register()
    await sees(1)
    await eventually(() => expect(consuming.peers(key).current[0]?.record.weight).to.equal(7))
  })

  it('stays out through a restart of the server, and comes back through one', async () => {
    await one.unregister()
    await sees(0)
    await server.restart()
    await eventually(() => one.register(), { withinMs: 30_000 })
    await sees(1)
    await server.restart()
    isWell = false
    await sees(0)
    expect(one.readiness).to.equal('away')
    isWell = true
    await sees(1)
  })
})
