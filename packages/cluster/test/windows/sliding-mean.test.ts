import { expect } from 'chai'
import fc from 'fast-check'
import { SlidingMean } from '../../src/windows/sliding-mean.ts'

describe('SlidingMean', () => {
  it('is the mean of what was added in this tenth of the window and the nine before', () => {
    const step = fc.record({ afterMs: fc.nat(60), value: fc.integer({ min: 1, max: 1_000 }) })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const mean = new SlidingMean(100)
        const added: { at: number; value: number }[] = []
        let now = 0
        for (const { afterMs, value } of steps) {
          now += afterMs
          const oldest = 10 * (Math.floor(now / 10) - 9)
          const left = added.filter(({ at }) => at >= oldest)
          const expected = left.length === 0 ? 0 : left.reduce((sum, one) => sum + one.value, 0) / left.length
          expect(mean.at(now)).to.be.closeTo(expected, 1e-9)
          mean.add(value, now)
          added.push({ at: now, value })
        }
      }),
    )
  })

  it('keeps no error of rounding once all is forgotten', () => {
    const mean = new SlidingMean(10)
    for (const value of [0.1, 1e15, 0.2]) mean.add(value, 5)
    expect(mean.at(15)).to.equal(0)
    mean.add(0.25, 15)
    expect(mean.at(15)).to.equal(0.25)
  })

  it('takes what is late for what is new', () => {
    const mean = new SlidingMean(10)
    mean.add(1, 50)
    mean.add(3, 20)
    expect(mean.at(20)).to.equal(2)
    expect(mean.at(59)).to.equal(2)
    expect(mean.at(60)).to.equal(0)
  })
})
