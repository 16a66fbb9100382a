import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { LaneWindow } from '../../src/gray/lane-window.ts'

describe('a lane window', () => {
  it('is empty at first', () => {
    const { calls, errors } = new LaneWindow(1_000, handClock()).sample()
    expect({ calls, errors }).to.deep.equal({ calls: 0, errors: 0 })
  })

  it('counts calls and errors, and the durations of calls without error only', () => {
    const window = new LaneWindow(1_000, handClock())
    window.add(8, false)
    window.add(16, false)
    window.add(1, true)
    const { calls, errors, durationAt } = window.sample()
    expect({ calls, errors }).to.deep.equal({ calls: 3, errors: 1 })
    expect([durationAt(1), durationAt(2)]).to.deep.equal([8, 16])
  })

  it('forgets by tenths, exactly one window later', async () => {
    const clock = handClock({ startMs: 5_000 })
    const window = new LaneWindow(1_000, clock)
    const count = () => {
      const { calls, errors } = window.sample()
      return [calls, errors]
    }
    window.add(1, false)
    window.add(1, true)
    await clock.advance(99)
    window.add(1, false)
    await clock.advance(1)
    window.add(1, false)
    expect(count()).to.deep.equal([4, 1])
    await clock.advance(899)
    expect(count()).to.deep.equal([4, 1])
    await clock.advance(1)
    expect(count()).to.deep.equal([1, 0])
    await clock.advance(100)
    expect(count()).to.deep.equal([0, 0])
  })

  it('starts a tenth anew when its turn comes again', async () => {
    const clock = handClock()
    const window = new LaneWindow(1_000, clock)
    window.add(64, false)
    window.add(64, true)
    await clock.advance(1_000)
    window.add(2, false)
    const { calls, errors, durationAt } = window.sample()
    expect([calls, errors, durationAt(1)]).to.deep.equal([1, 0, 2])
    await clock.advance(1_000_000)
    expect(window.sample().calls).to.equal(0)
  })

  it('adds up the tenths', async () => {
    const clock = handClock()
    const window = new LaneWindow(1_000, clock)
    for (let i = 0; i < 10; i++) {
      window.add(2 ** i, false)
      window.add(1, i % 2 === 0)
      if (i < 9) await clock.advance(100)
    }
    const { calls, errors, durationAt } = window.sample()
    expect([calls, errors]).to.deep.equal([20, 5])
    expect(Array.from({ length: 15 }, (_, n) => durationAt(n + 1))).to.deep.equal([
      1, 1, 1, 1, 1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512,
    ])
  })

  it('knows a duration to 4.5 %, from 1/16 ms to 65 s, never too low', () => {
    const shown = (durationMs: number): number => {
      const window = new LaneWindow(1_000, handClock())
      window.add(durationMs, false)
      return window.sample().durationAt(1)
    }
    fc.assert(
      fc.property(fc.double({ min: 1 / 16, max: 65_536, noNaN: true }), (durationMs) => {
        expect(shown(durationMs)).to.be.within(durationMs * (1 - 1e-9), durationMs * 1.0443)
      }),
    )
    expect(shown(0)).to.equal(1 / 16)
    expect(shown(0.01)).to.equal(1 / 16)
    expect(shown(1 / 16)).to.equal(1 / 16)
    expect(shown(65_536)).to.equal(65_536)
    expect(shown(1e9)).to.equal(65_536)
    expect(shown(Number.POSITIVE_INFINITY)).to.equal(65_536)
  })
})
