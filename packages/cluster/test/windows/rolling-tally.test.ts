import { expect } from 'chai'
import fc from 'fast-check'
import { RollingTally } from '../../src/windows/rolling-tally.ts'

const at = (tally: RollingTally, now: number): readonly number[] => {
  tally.advance(now)
  return [tally.events, tally.marked]
}

describe('RollingTally', () => {
  it('counts events and those of them that are marked', () => {
    const tally = new RollingTally(1_000)
    tally.add(0, 1, 0)
    tally.add(5, 3, 2)
    expect([tally.events, tally.marked]).to.deep.equal([4, 2])
  })

  it('forgets a tenth of the window as a whole, when nine more have begun after it', () => {
    const tally = new RollingTally(1_000)
    tally.add(0, 1, 1)
    tally.add(99, 1, 0)
    tally.add(100, 5, 0)
    expect(at(tally, 999)).to.deep.equal([7, 1])
    expect(at(tally, 1_000)).to.deep.equal([5, 0])
    expect(at(tally, 1_099)).to.deep.equal([5, 0])
    expect(at(tally, 1_100)).to.deep.equal([0, 0])
  })

  it('is empty after a pause of any length', () => {
    const tally = new RollingTally(1_000)
    for (let now = 0; now < 1_000; now += 100) tally.add(now, 1, 1)
    expect(at(tally, 1e9)).to.deep.equal([0, 0])
    tally.add(1e9, 1, 0)
    expect([tally.events, tally.marked]).to.deep.equal([1, 0])
  })

  it('takes a time that goes back for the latest known', () => {
    const tally = new RollingTally(1_000)
    tally.add(5_000, 1, 0)
    tally.add(10, 1, 1)
    expect(at(tally, 0)).to.deep.equal([2, 1])
    expect(at(tally, 6_000)).to.deep.equal([0, 0])
  })

  it('can be cleared, and counts on in the bucket it was in', () => {
    const tally = new RollingTally(1_000)
    tally.add(500, 4, 4)
    tally.clear()
    expect([tally.events, tally.marked]).to.deep.equal([0, 0])
    tally.add(510, 1, 0)
    expect(at(tally, 1_499)).to.deep.equal([1, 0])
    expect(at(tally, 1_500)).to.deep.equal([0, 0])
  })

  it('holds what a list of all events would, at any time', () => {
    const steps = fc.array(fc.tuple(fc.nat(400), fc.nat(3), fc.nat(3)), { maxLength: 60 })
    fc.assert(
      fc.property(steps, (pauses) => {
        const tally = new RollingTally(1_000)
        const log: { bucket: number; events: number; marked: number }[] = []
        let now = 0
        for (const [pause, events, marked] of pauses) {
          now += pause
          tally.add(now, events, marked)
          const bucket = Math.floor(now / 100)
          log.push({ bucket, events, marked })
          const late = log.filter((one) => one.bucket > bucket - 10)
          expect(tally.events).to.equal(late.reduce((sum, one) => sum + one.events, 0))
          expect(tally.marked).to.equal(late.reduce((sum, one) => sum + one.marked, 0))
        }
      }),
    )
  })
})
