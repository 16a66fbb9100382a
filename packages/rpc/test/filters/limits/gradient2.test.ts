import { expect } from 'chai'
import fc from 'fast-check'
import { Gradient2 } from '../../../src/filters/limits/gradient2.ts'

describe('Gradient2', () => {
  const options = { initial: 20, min: 4, max: 200, tolerance: 1.5, smoothing: 0.2, longWindow: 600, headroom: 4 }
  const after = (
    windows: number,
    seen: { meanMs: number; inFlight: number; lateness?: number },
    from = new Gradient2(options),
  ) => {
    for (let window = 0; window < windows; window++) from.update({ lateness: 0, ...seen })
    return from
  }

  it('grows by the headroom, smoothed, while calls take as long as usual', () => {
    expect(after(1, { meanMs: 10, inFlight: 20 }).limit).to.equal(20) // 20.8
    expect(after(2, { meanMs: 10, inFlight: 20 }).limit).to.equal(21)
  })

  it('never grows above its bound', () => {
    expect(after(1_000, { meanMs: 10, inFlight: 200 }).limit).to.equal(200)
  })

  it('does not grow while few calls run', () => {
    expect(after(50, { meanMs: 10, inFlight: 9 }).limit).to.equal(20)
  })

  it('bears a duration of half as much again, and shrinks beyond it', () => {
    const usual = after(20, { meanMs: 10, inFlight: 50 })
    const before = usual.limit
    expect(after(1, { meanMs: 14, inFlight: 50 }, usual).limit).to.be.at.least(before)
    expect(after(10, { meanMs: 100, inFlight: 50 }, usual).limit).to.be.below(before)
  })

  it('never shrinks below its bound', () => {
    expect(after(200, { meanMs: 10, inFlight: 50, lateness: 3 }).limit).to.equal(4)
  })

  it('settles at twice the headroom while calls get slower and slower', () => {
    const usual = after(20, { meanMs: 1, inFlight: 50 })
    for (let window = 0; window < 200; window++) usual.update({ meanMs: 2 ** window, inFlight: 100, lateness: 0 })
    expect(usual.limit).to.equal(8)
  })

  it('forgets a long slow time quicker than it learned it', () => {
    const slow = after(100, { meanMs: 100, inFlight: 20 })
    after(60, { meanMs: 10, inFlight: 1 }, slow)
    const before = slow.limit
    after(5, { meanMs: 40, inFlight: 200 }, slow)
    expect(slow.limit).to.be.below(before)
  })

  it('shrinks when the event loop is late, however long calls take and however few there are', () => {
    expect(after(10, { meanMs: 10, inFlight: 1, lateness: 1.5 }).limit).to.be.below(15)
    expect(after(10, { meanMs: 10, inFlight: 1, lateness: 1 }).limit).to.equal(20)
  })

  it('stays within its bounds whatever it sees', () => {
    const seen = fc.record({
      meanMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
      inFlight: fc.nat(1_000),
      lateness: fc.double({ min: 0, max: 100, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 50 }), (windows) => {
        const algorithm = new Gradient2(options)
        for (const window of windows) algorithm.update(window)
        expect(algorithm.limit).to.be.within(4, 200)
      }),
    )
  })
})
