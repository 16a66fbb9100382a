import { expect } from 'chai'
import { isOver, ownIdentity } from '../../../src/stores/file/process-identity.ts'
import { run } from '../processes.ts'

describe('isOver()', () => {
  it('knows that this process lives', async () => {
    const own = await ownIdentity()
    expect(own.pid).to.equal(process.pid)
    expect(await isOver(own, own)).to.equal(false)
  })

  it('knows that a pid stands for another process than before', async () => {
    const own = await ownIdentity()
    expect(await isOver({ ...own, startedAt: '1' }, own)).to.equal(true)
  })

  it('knows a process that has ended', async function () {
    this.timeout(30_000)
    const own = await ownIdentity()
    const other = run(new URL('../without-zookeeper.ts', import.meta.url), [])
    expect(await other.exit).to.equal(0)
    expect(await isOver({ ...own, pid: other.pid }, own)).to.equal(true)
  })

  it('believes nothing of a pid of another machine', async () => {
    const own = await ownIdentity()
    expect(await isOver({ pid: 2 ** 22 + 1, startedAt: '1', machine: 'elsewhere' }, own)).to.equal(false)
  })
})
