import { alarm, type Clock, systemClock } from '@kumquat/core'
import { eventually, handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { LazyAlarm } from '../src/lazy-alarm.ts'

const kinds = {
  'an alarm': (clock: Clock, task: () => void) => alarm(clock, task),
  'a lazy alarm': (clock: Clock, task: () => void) => new LazyAlarm(clock, task),
}

for (const [name, make] of Object.entries(kinds)) {
  describe(name, () => {
    it('goes off at the time set last, once, and can be set again', async () => {
      const clock = handClock({ startMs: 100 })
      const wentOff: number[] = []
      const one = make(clock, () => wentOff.push(clock.now()))
      one.set(150)
      one.set(120)
      one.set(180)
      await clock.advance(200)
      expect(wentOff).to.deep.equal([180])
      one.set(310)
      await clock.advance(100)
      expect(wentOff).to.deep.equal([180, 310])
      expect(clock.pending).to.equal(0)
    })

    it('does not go off once cleared', async () => {
      const clock = handClock()
      let wentOff = 0
      const one = make(clock, () => wentOff++)
      one.set(50)
      one.clear()
      one.clear()
      await clock.advance(100)
      expect([wentOff, clock.pending]).to.deep.equal([0, 0])
    })

    it('goes off in a turn of its own when its time is over, and may set itself', async () => {
      const clock = handClock({ startMs: 1_000 })
      const wentOff: number[] = []
      const one = make(clock, () => {
        wentOff.push(clock.now())
        if (wentOff.length < 3) one.set(clock.now() + 10)
      })
      one.set(1)
      expect(wentOff).to.deep.equal([])
      await clock.advance(100)
      expect(wentOff).to.deep.equal([1_000, 1_010, 1_020])
    })
  })
}

describe('a lazy alarm that is set and cleared very often', () => {
  it('takes one timer, which nobody needs to stop', async () => {
    const clock = handClock()
    let timers = 0
    const counting: Clock = {
      ...clock,
      after(...args) {
        timers++
        return clock.after(...args)
      },
    }
    const one = new LazyAlarm(counting, () => {})
    for (let i = 0; i < 1_000; i++) {
      one.set(clock.now() + 3_000)
      one.clear()
      await clock.advance(1)
    }
    expect([timers, clock.pending]).to.deep.equal([1, 1])
    await clock.advance(2_000)
    expect([timers, clock.pending]).to.deep.equal([1, 0])
  })
})

describe('the alarm of the system', () => {
  it('goes off at its time and not before', async () => {
    const wentOff: number[] = []
    const one = alarm(systemClock, () => wentOff.push(systemClock.now()))
    const early = systemClock.now() + 5
    one.set(early)
    const at = systemClock.now() + 20
    one.set(at)
    await eventually(() => expect(wentOff).to.have.length(1))
    expect(wentOff[0]).to.be.at.least(at)
  })
})
