import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Live, type SessionState, silent, sleep, systemClock } from '@kumquat/core'
import { eventually, recordingLogger } from '@kumquat/core/testing'
import { open } from '@kumquat/registry'
import { type Consumer, consumer } from '@kumquat/rpc'
import { expect } from 'chai'
import { serverOrSkip, type ZookeeperServer } from '../servers/zookeeper.ts'
import type { Till } from './shop.ts'

const till = { app: 'shop', group: 'till' }

describe('while the registry is in trouble', function () {
  this.timeout(120_000)
  let dir: string
  const children = new Set<ChildProcess>()
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kumquat-'))
  })
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    children.clear()
    await rm(dir, { recursive: true, force: true, maxRetries: 10 })
  })

  /** A shop in a process of its own; resolves with its address. */
  const startShop = async (registry: string): Promise<{ readonly child: ChildProcess; readonly address: string }> => {
    const child = fork(new URL('./shop.ts', import.meta.url), [registry, '0'])
    children.add(child)
    const address = await new Promise<string>((resolve) => {
      child.on('message', (message: { address?: string }) => message.address !== undefined && resolve(message.address))
    })
    return { child, address }
  }
  const idsOf = (consuming: Consumer): string[] => consuming.peers(till).current.map(({ record }) => record.id)
  /** Calls without a pause until disposed. */
  const load = (consuming: Consumer) => {
    const face = consuming.client<Till>(till)
    const failed: unknown[] = []
    let calls = 0
    let isOver = false
    const lane = async (): Promise<void> => {
      while (!isOver) {
        await face.sell(calls++).catch((error: unknown) => failed.push(error))
        await sleep(systemClock, 20)
      }
    }
    const lanes = Promise.all(Array.from({ length: 6 }, lane))
    return {
      failed,
      /** Resolves when so many more calls have been made. */
      more: async (count: number): Promise<void> => {
        const until = calls + count
        await eventually(() => expect(calls).to.be.at.least(until), { withinMs: 60_000 })
      },
      async [Symbol.asyncDispose]() {
        isOver = true
        await lanes
      },
    }
  }
  const becomes = (state: Live<SessionState>, wanted: SessionState): Promise<unknown> =>
    eventually(() => expect(state.current).to.equal(wanted), { withinMs: 30_000 })

  describe('a folder', () => {
    it('that loses everything fails no call', async () => {
      const registry = `file:${join(dir, 'tree')}`
      await Promise.all([startShop(registry), startShop(registry)])
      await using consuming = await consumer({ registry, logger: silent })
      await eventually(() => expect(idsOf(consuming)).to.have.lengthOf(2))
      await using calling = load(consuming)
      await calling.more(50)
      // While others write into it.
      await rm(join(dir, 'tree'), { recursive: true, maxRetries: 10 })
      await calling.more(300)
      expect(calling.failed).to.deep.equal([])
    })
  })

  describe('a ZooKeeper', () => {
    let server: ZookeeperServer
    before(async function () {
      server = await serverOrSkip(this)
    })
    after(async () => {
      await server?.stop()
    })

    it('that is killed, and comes back without its memory, fails no call', async () => {
      const registry = `${server.url()}?operationTimeoutMs=2000`
      const shops = await Promise.all([startShop(registry), startShop(registry)])
      await using store = await open(registry)
      const logger = recordingLogger()
      await using consuming = await consumer({ registry: store, logger })
      await eventually(() => expect(idsOf(consuming)).to.have.lengthOf(2))
      await using calling = load(consuming)
      await calling.more(50)
      await server.kill()
      await eventually(() => expect(consuming.outlook(till).current.source).to.equal('memory'), { withinMs: 30_000 })
      await calling.more(200)
      await server.restart({ wipe: true })
      await becomes(store.session, 'connected')
      await calling.more(200)
      expect(calling.failed).to.deep.equal([])
      expect(idsOf(consuming)).to.deep.equal(shops.map(({ address }) => address).sort())
      const said = logger.lines.map(({ message }) => message).filter((message) => /is away|is back/.test(message))
      expect(said).to.deep.equal([
        'the registry is away: calls go on to the providers it last named',
        'the registry is back',
      ])
    })

    it('that is down does not keep a consumer from its first call for 2 s, when there is a snapshot', async () => {
      const registry = `${server.url()}?operationTimeoutMs=5000`
      const { address } = await startShop(registry)
      const snapshot = join(dir, 'snapshots')
      {
        await using consuming = await consumer({ registry, snapshot, logger: silent })
        await consuming.ready(till)
      }
      await server.kill()
      const logger = recordingLogger()
      const startedAt = systemClock.now()
      {
        await using consuming = await consumer({ registry, snapshot, logger })
        expect(await consuming.client<Till>(till).sell(7)).to.equal(7)
        expect(systemClock.now() - startedAt).to.be.below(2_000)
        expect(idsOf(consuming)).to.deep.equal([address])
        expect(consuming.outlook(till).current.source).to.equal('snapshot')
        expect(logger.lines.filter(({ message }) => message.includes('snapshot'))).to.have.lengthOf(1)
        await server.restart()
        await eventually(() => expect(consuming.outlook(till).current.source).to.equal('registry'), {
          withinMs: 30_000,
        })
      }
    })

    it('lets go of a provider that is killed', async () => {
      const registry = server.url()
      const [one, two] = await Promise.all([startShop(registry), startShop(registry)])
      await using consuming = await consumer({ registry, snapshot: false, logger: silent })
      await eventually(() => expect(idsOf(consuming)).to.have.lengthOf(2))
      one.child.kill('SIGKILL')
      await eventually(() => expect(idsOf(consuming)).to.deep.equal([two.address]))
    })
  })
})
