import { memory } from '@kumquat/registry'
import { expect } from 'chai'
import { snapshotFolder } from '../../src/consumer/snapshot-folder.ts'

describe('snapshotFolder()', () => {
  const url = 'zookeeper://10.0.0.1:2181/shop'
  const home = (): string => '/home/ann'

  it("is the user's cache, for a registry that is a server", () => {
    expect(snapshotFolder(url, { XDG_CACHE_HOME: '/cache' }, home)).to.equal('/cache/kumquat')
    expect(snapshotFolder(url, {}, home)).to.equal('/home/ann/.cache/kumquat')
    expect(snapshotFolder(url, { XDG_CACHE_HOME: 'relative' }, home)).to.equal('/home/ann/.cache/kumquat')
  })

  it('is nowhere for a registry without a server, a store without a name, and a user without a home', async () => {
    await using store = memory()
    for (const registry of ['file:./x', 'memory:', store])
      expect(snapshotFolder(registry, {}, home)).to.equal(undefined)
    const homeless = (): never => {
      throw new Error('no such user')
    }
    expect(snapshotFolder(url, {}, homeless)).to.equal(undefined)
  })
})
