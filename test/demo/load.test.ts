import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { steadyLoad } from '../../examples/demo/load.ts'

describe('steadyLoad', () => {
  it('makes so many calls a second, spread over it', async () => {
    const clock = handClock()
    let made = 0
    const load = steadyLoad(200, async () => void made++, clock)
    await clock.advance(100)
    expect(made).to.equal(20)
    await clock.advance(900)
    expect(made).to.equal(200)
    await load.stop()
  })

  it('goes on calling while no call is answered', async () => {
    const clock = handClock()
    const answers: (() => void)[] = []
    const load = steadyLoad(100, () => new Promise((answer) => answers.push(answer)), clock)
    await clock.advance(1_000)
    expect(answers).to.have.length(100)
    for (const answer of answers) answer()
    await load.stop()
  })

  it('makes up for the time in which it could not run', async () => {
    const clock = handClock()
    let made = 0
    const late = { ...clock, now: () => clock.now() * 3 }
    const load = steadyLoad(100, async () => void made++, late)
    await clock.advance(1_000)
    expect(made).to.equal(300)
    await load.stop()
  })

  it('stops when the last call has ended, and leaves no timer', async () => {
    const clock = handClock()
    const answers: (() => void)[] = []
    const load = steadyLoad(10, () => new Promise((answer) => answers.push(answer)), clock)
    await clock.advance(250)
    let stopped = false
    const stopping = load.stop().then(() => {
      stopped = true
    })
    await clock.advance(1_000)
    expect({ stopped, made: answers.length, timers: clock.pending }).to.deep.equal({
      stopped: false,
      made: 2,
      timers: 0,
    })
    for (const answer of answers) answer()
    await stopping
  })
})
