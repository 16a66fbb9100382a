import { type Store, silent } from '@kumquat/core'
import { eventually, handClock } from '@kumquat/core/testing'
import { attend, MemoryTree, memory } from '@kumquat/registry'
import { expect } from 'chai'

describe('attend()', () => {
  const service = { app: 'movie', group: 'catalog' }
  const record = { app: 'web', version: '1.2', since: 5, rules: '' }
  let tree: MemoryTree
  let store: Store
  let onlooker: Store
  beforeEach(() => {
    tree = new MemoryTree()
    store = memory({ tree })
    onlooker = memory({ tree })
  })
  const shown = () => onlooker.list('/movie/catalog/consumers')

  it('shows a consumer under its host and process until it is disposed, two of one process as two', async () => {
    const [one, two] = [attend(store, service, record), attend(store, service, record)]
    const [entry] = await eventually(async () => {
      const entries = await shown()
      expect(entries).to.have.lengthOf(2)
      return entries
    })
    expect(entry?.name).to.match(new RegExp(`^[A-Za-z0-9._-]+:${process.pid}-[0-9a-f]{8}$`))
    expect(JSON.parse(entry?.value ?? '')).to.deep.equal({ schema: 1, ...record })
    await one[Symbol.asyncDispose]()
    await two[Symbol.asyncDispose]()
    expect(await shown()).to.deep.equal([])
  })

  it('tries again until the registry takes it, and leaves nothing behind', async () => {
    const clock = handClock()
    tree.cut()
    const attendance = attend(store, service, record, { clock, logger: silent })
    await clock.advance(10_000)
    tree.mend()
    await eventually(() => expect(store.session.current).to.equal('connected'))
    await clock.advance(10_000)
    expect(await shown()).to.have.lengthOf(1)
    await attendance[Symbol.asyncDispose]()
    expect(await shown()).to.deep.equal([])
    expect(clock.pending).to.equal(0)
  })

  it('does not wait for a registry that is away when it is disposed', async () => {
    const clock = handClock()
    tree.cut()
    const attendance = attend(store, service, record, { clock })
    await clock.advance(0)
    await attendance[Symbol.asyncDispose]()
    expect(clock.pending).to.equal(0)
  })
})
