import type { Store } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { open } from '@kumquat/registry'
import { expect } from 'chai'
import { ensembleOrSkip, type ZookeeperEnsemble } from '../../../../test/servers/zookeeper-ensemble.ts'
import type { ZookeeperProcess } from '../../../../test/servers/zookeeper-process.ts'

const PATIENT = { withinMs: 30_000 }

describe('ZooKeeper store, with an ensemble of three', function () {
  this.timeout(120_000)
  let ensemble: ZookeeperEnsemble
  const stores: Store[] = []

  before(async function () {
    ensemble = await ensembleOrSkip(this)
  })
  afterEach(async () => {
    for (const store of stores.splice(0)) await store[Symbol.asyncDispose]()
  })
  after(async () => {
    await ensemble?.stop()
  })

  const badDays: Readonly<Record<string, (leader: ZookeeperProcess) => Promise<() => Promise<void>>>> = {
    killed: async (leader) => {
      await leader.kill()
      return () => leader.restart()
    },
    frozen: async (leader) => {
      leader.pause()
      return async () => leader.resume()
    },
  }
  for (const [what, strike] of Object.entries(badDays)) {
    it(`goes on with another leader when the one of now is ${what}, with what is held and watched`, async () => {
      const url = `${ensemble.url()}?operationTimeoutMs=20000&sessionTimeoutMs=6000`
      const opened = await Promise.all(Array.from({ length: 4 }, () => open(url)))
      stores.push(...opened)
      const watches = await Promise.all(opened.map((store) => store.watch('/a')))
      await Promise.all(opened.map((store, i) => store.hold(`/a/${i}`, 'held')))
      for (const watch of watches) await eventually(() => expect(watch.current).to.have.lengthOf(4), PATIENT)

      const repair = await strike(await ensemble.leader())
      await ensemble.leader()
      await eventually(() => opened[0]?.put('/a/new', 'put'), PATIENT)
      for (const [i, watch] of watches.entries()) {
        await eventually(() => expect(opened[i]?.session.current).to.equal('connected'), PATIENT)
        const names = (): string[] => watch.current.map(({ name }) => name)
        await eventually(() => expect(names()).to.deep.equal(['0', '1', '2', '3', 'new']), PATIENT)
      }
      await repair()
      await ensemble.leader()
    })
  }

  it('is not always on the server that its URL names first', async () => {
    const url = `${ensemble.url()}?operationTimeoutMs=20000`
    const used = async (): Promise<number> => {
      const connections = await Promise.all(ensemble.members.map(({ ask }) => ask('cons')))
      return connections.filter((text) => text.includes('sid=0x')).length
    }
    // One in three is: forty in a row would be no chance.
    for (let tries = 0; tries < 40 && (await used()) < 2; tries += 1) {
      const store = await open(url)
      stores.push(store)
      await store.get('/a')
    }
    expect(await used()).to.be.above(1)
  })
})
