import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { serverOrSkip, type ZookeeperServer } from '../servers/zookeeper.ts'
import { type KillAndRestartResult, killAndRestart } from './kill-and-restart.ts'

// A provider from source takes seconds to start where others are at work, too.
const SCHEDULE = { seconds: 16, killAt: 3, restartAt: 5 }

describe('npm start with a provider that is killed and started again', function () {
  this.timeout(90_000)

  describe('on a file registry', () => {
    let folder: string
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'kumquat-test-'))
    })
    after(() => rmSync(folder, { recursive: true }))

    it('fails no call, and calls it again within 2 s of its registration', async () => {
      expectUnharmed(await killAndRestart({ ...SCHEDULE, registry: `file:${folder}/registry` }))
    })
  })

  describe('on ZooKeeper', () => {
    let server: ZookeeperServer | undefined
    before(async function () {
      server = await serverOrSkip(this, { mayBeBorrowed: true })
    })
    after(() => server?.stop())

    it('fails no call, calls it again within 2 s of its registration, and keeps the tree as designed', async () => {
      const registry = server!.url()
      const root = new URL(registry).pathname
      let tree = ''
      const meanwhile = async (): Promise<void> => {
        tree = await server!.zkCli('ls', '-R', root)
      }
      expectUnharmed(await killAndRestart({ ...SCHEDULE, registry, meanwhile }))
      const providers = tree.match(new RegExp(`^${root}/movie/catalog/providers/127\\.0\\.0\\.1:\\d+$`, 'gm'))
      expect(providers, tree).to.have.length(3)
    })
  })
})

function expectUnharmed(result: KillAndRestartResult): void {
  const { status, report, said, address, backAfterMs, servedAgain, left } = result
  expect({ status, failed: report?.failed }, said).to.deep.equal({ status: 0, failed: 0 })
  expect(report?.providers.find((provider) => provider.address === address)).to.include({ state: 'restarted' })
  expect(said).to.match(new RegExp(`provider ${address} pid \\d+ stable ended by itself: SIGKILL`))
  expect(backAfterMs).to.be.below(2_000)
  expect(servedAgain).to.be.greaterThan(10)
  expect(left).to.deep.equal([])
}
