import { expect } from 'chai'
import { serverOrSkip } from '../servers/zookeeper.ts'
import { providerKilled } from './faults/provider-killed.ts'
import { fileGround } from './grounds/file.ts'
import type { Ground } from './grounds/ground.ts'
import { zookeeperGround } from './grounds/zookeeper.ts'
import type { Row } from './row.ts'
import { Scene } from './scene.ts'
import { tryFault } from './try-fault.ts'

describe('npm run registry:faults', function () {
  this.timeout(60_000)
  const well = { fault: 'provider-killed', healed: 3, entries: 3, watchesAlive: true, lost: 0, forWant: 0 }

  it('tells that a provider of a folder was killed, and that nothing else went wrong', async () => {
    const row = await killed(await fileGround())
    expect(row).to.include({ ...well, backend: 'file' })
    expect(row.absentMs).to.be.a('number')
    expect(row.made).to.be.above(10)
  })

  it('tells the same of ZooKeeper', async function () {
    const row = await killed(await zookeeperGround(await serverOrSkip(this)))
    expect(row).to.include({ ...well, backend: 'zookeeper' })
    expect(row.absentMs).to.be.a('number')
    expect(row.made).to.be.above(10)
  })
})

async function killed(made: Ground): Promise<Row> {
  await using ground = made
  await using scene = await Scene.open(ground)
  return await tryFault(scene, providerKilled)
}
