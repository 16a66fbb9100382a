import { type Clock, seededRng } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { Deadlines } from '../../src/waiting/deadlines.ts'

describe('deadlines', () => {
  it('run at their time, in whatever order they were added, and leave no timer', async () => {
    const clock = handClock({ startMs: 12_345.6 })
    const deadlines = new Deadlines(clock)
    const rng = seededRng(1)
    const late: number[] = []
    let ran = 0
    for (let i = 0; i < 2_000; i++) {
      // Some rounds of the wheel away.
      const at = clock.now() + rng() * 20_000
      deadlines.add(at, () => {
        ran++
        late.push(clock.now() - at)
      })
    }
    await clock.advance(20_001)
    expect(ran).to.equal(2_000)
    expect(Math.min(...late)).to.be.at.least(0)
    expect(Math.max(...late)).to.be.below(0.001)
    expect([deadlines.count, clock.pending]).to.deep.equal([0, 0])
  })

  it('do not run once disposed, twice or after they ran included', async () => {
    const clock = handClock()
    const deadlines = new Deadlines(clock)
    const ran: string[] = []
    const gone = deadlines.add(100, () => ran.push('gone'))
    const kept = deadlines.add(100, () => ran.push('kept'))
    gone[Symbol.dispose]()
    gone[Symbol.dispose]()
    expect(deadlines.count).to.equal(1)
    await clock.advance(100)
    kept[Symbol.dispose]()
    expect(ran).to.deep.equal(['kept'])
    expect([deadlines.count, clock.pending]).to.deep.equal([0, 0])
  })

  it('look once for calls that all end in time', async () => {
    const clock = handClock()
    let looks = 0
    const counting: Clock = {
      ...clock,
      after(...args) {
        looks++
        return clock.after(...args)
      },
    }
    const deadlines = new Deadlines(counting)
    let last = deadlines.add(clock.now() + 3_000, () => {})
    for (let i = 0; i < 1_000; i++) {
      const next = deadlines.add(clock.now() + 3_000, () => {})
      last[Symbol.dispose]()
      last = next
      await clock.advance(1)
    }
    expect(looks).to.equal(1)
    last[Symbol.dispose]()
    expect([deadlines.count, clock.pending]).to.deep.equal([0, 0])
  })

  it('run at once, but not within add(), when their time is over', async () => {
    const clock = handClock({ startMs: 1_000 })
    const ran: number[] = []
    new Deadlines(clock).add(1, () => ran.push(clock.now()))
    expect(ran).to.deep.equal([])
    await clock.advance(0)
    expect(ran).to.deep.equal([1_000])
  })

  it('may dispose one another, and add others', async () => {
    const clock = handClock()
    const deadlines = new Deadlines(clock)
    const ran: string[] = []
    const second = { due: deadlines.add(50, () => ran.push('never')) }
    second.due[Symbol.dispose]()
    deadlines.add(50, () => {
      second.due[Symbol.dispose]()
      deadlines.add(60, () => ran.push('added'))
    })
    second.due = deadlines.add(50, () => ran.push('disposed'))
    await clock.advance(100)
    expect(ran).to.deep.equal(['added'])
  })
})
