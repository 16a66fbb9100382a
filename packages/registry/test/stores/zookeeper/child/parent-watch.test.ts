import { type HandClock, handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { ParentWatch } from '../../../../src/stores/zookeeper/child/parent-watch.ts'

describe('ParentWatch', () => {
  let clock: HandClock
  let told: string[]
  let parent: ParentWatch

  beforeEach(() => {
    clock = handClock()
    told = []
    const tell = (what: string) => () => void told.push(what)
    parent = new ParentWatch({ clock, hungAfterMs: 30_000, ask: tell('ask'), hung: tell('hung'), back: tell('back') })
  })

  it('asks again after each answer, and is content', async () => {
    for (let i = 0; i < 20; i += 1) {
      await clock.advance(3_000)
      parent.heard()
    }
    expect(told).to.deep.equal(Array(20).fill('ask'))
  })

  it('says once that the parent hangs, and once that it is back', async () => {
    await clock.advance(32_999)
    expect(told).to.deep.equal(['ask'])
    await clock.advance(100_000)
    expect(told).to.deep.equal(['ask', 'hung'])
    parent.heard()
    parent.heard()
    expect(told).to.deep.equal(['ask', 'hung', 'back'])
    await clock.advance(33_000)
    expect(told.slice(3)).to.deep.equal(['ask', 'hung'])
  })

  it('takes the last moment for an answer', async () => {
    await clock.advance(32_999)
    parent.heard()
    await clock.advance(3_000)
    expect(told).to.deep.equal(['ask', 'ask'])
  })

  it('leaves nothing behind', () => {
    parent[Symbol.dispose]()
    expect(clock.pending).to.equal(0)
  })
})
