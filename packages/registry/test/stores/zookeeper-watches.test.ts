import type { Store } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { open } from '@kumquat/registry'
import { expect } from 'chai'
import { serverOrSkip, type ZookeeperServer } from '../../../../test/servers/zookeeper.ts'

const PROVIDERS = 1_000
const PATIENT = { withinMs: 30_000 }

describe('ZooKeeper store, with a thousand providers', function () {
  this.timeout(90_000)
  let server: ZookeeperServer
  let holder: Store
  let watcher: Store

  before(async function () {
    server = await serverOrSkip(this, { mayBeBorrowed: true })
  })
  beforeEach(async () => {
    const url = `${server.url()}?operationTimeoutMs=30000`
    ;[holder, watcher] = [await open(url), await open(url, { rereadMs: 80_000_000 })]
  })
  afterEach(async () => {
    await holder[Symbol.asyncDispose]()
    await watcher[Symbol.asyncDispose]()
  })
  after(async () => {
    await server?.stop()
  })

  const received = async (): Promise<number> => {
    const [, packets] = /^zk_packets_received\s+(\d+)/m.exec(await server.ask('mntr')) ?? []
    return Number(packets)
  }

  it('sees a burst of them come, one change among them for the price of a few reads, and all of them go', async () => {
    const watch = await watcher.watch('/a')
    const value = JSON.stringify({ port: 20_080, description: 'x'.repeat(1_500) })
    const held = await Promise.all(
      Array.from({ length: PROVIDERS }, (_, i) => holder.hold(`/a/10.0.${i >> 8}.${i & 255}:20080`, value)),
    )
    await eventually(() => expect(watch.current).to.have.lengthOf(PROVIDERS), PATIENT)
    const [before] = watch.current

    const packets = await received()
    const changed = held[PROVIDERS - 1]
    await changed?.update('changed')
    await eventually(() => expect(watch.current.at(-1)).to.not.equal(undefined))
    await eventually(
      () => expect(watch.current.find(({ path }) => path === changed?.path)?.value).to.equal('changed'),
      PATIENT,
    )
    expect((await received()) - packets).to.be.below(100)
    expect(watch.current[0]).to.equal(before)

    await Promise.all(held.slice(1).map((one) => one[Symbol.asyncDispose]()))
    await eventually(() => expect(watch.current.map(({ path }) => path)).to.deep.equal([held[0]?.path]), PATIENT)
  })

  it('lists and watches more names than the server takes in one packet', async () => {
    // Names of 1.1 MiB: the server refuses requests above 1 MiB, and its answers are under no such bound.
    const names = Array.from({ length: 4_600 }, (_, i) => `${i}`.padStart(250, 'x'))
    for (let at = 0; at < names.length; at += 500) {
      await Promise.all(names.slice(at, at + 500).map((name) => holder.put(`/many/${name}`, '')))
    }
    const watch = await watcher.watch('/many')
    expect(watch.current.map(({ name }) => name)).to.deep.equal([...names].sort())
    await holder.put('/many/one-more', '')
    await eventually(() => expect(watch.current).to.have.lengthOf(names.length + 1), PATIENT)
  })
})
