import type { Clock } from '@kumquat/core'
import { expect } from 'chai'
import { LoopLag } from '../../../src/filters/limits/loop-lag.ts'

describe('LoopLag', () => {
  /** A clock whose timers run when we say so. */
  const lagging = () => {
    let now = 0
    const timers: (() => void)[] = []
    const clock: Clock = {
      now: () => now,
      epoch: () => now,
      after(_, task) {
        timers.push(task)
        return { [Symbol.dispose]() {} }
      },
    }
    const lag = new LoopLag(clock)
    const pass = (ms: number): void => {
      now += ms
    }
    const run = (): void => timers.shift()!()
    return { lag, timers, pass, run }
  }

  it('is nothing while timers run in time', () => {
    const { lag, pass, run } = lagging()
    lag.noteWork()
    pass(20)
    run()
    expect(lag.ms).to.equal(0)
  })

  it('is as much as a timer ran late, even before it runs', () => {
    const { lag, pass, run } = lagging()
    lag.noteWork()
    lag.noteWork()
    pass(120)
    expect(lag.ms).to.equal(100)
    run()
    expect(lag.ms).to.equal(100)
  })

  it('falls while there is work and timers run in time', () => {
    const { lag, pass, run } = lagging()
    lag.noteWork()
    lag.noteWork()
    pass(120)
    run()
    for (let period = 0; period < 10; period++) {
      lag.noteWork()
      pass(20)
      run()
    }
    expect(lag.ms).to.be.within(0.1, 5)
  })

  it('rests, and is nothing, while there is no work', () => {
    const { lag, timers, pass, run } = lagging()
    expect(timers).to.have.length(0)
    lag.noteWork()
    pass(120)
    run()
    expect(timers).to.have.length(0)
    expect(lag.ms).to.equal(0)
  })
})
