import { expect } from 'chai'
import { Memory } from '../../src/dashboard/memory.ts'

describe('Memory', () => {
  it('makes a thing when it is first touched, and keeps it while it is touched', () => {
    const memory = new Memory<object>(100)
    const first = memory.touch('a', 0, () => ({}))
    for (let now = 0; now <= 1_000; now += 100) {
      expect(memory.touch('a', now, () => ({}))).to.equal(first)
      memory.forget(now)
    }
    expect(memory.get('a')).to.equal(first)
  })

  it('forgets what was not touched for longer than it keeps things', () => {
    const memory = new Memory<string>(100)
    memory.touch('a', 0, () => 'a')
    memory.touch('b', 1, () => 'b')
    memory.forget(100)
    expect(memory.values()).to.deep.equal(['a', 'b'])
    memory.forget(101)
    expect(memory.values()).to.deep.equal(['b'])
    expect(memory.get('a')).to.equal(undefined)
  })
})
