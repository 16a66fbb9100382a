import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { SparingTime } from '../../src/windows/sparing-time.ts'

/** A time in slices of 100 ms, and how often its clock was looked at. */
function setup() {
  const clock = handClock({ startMs: 5 })
  let looks = 0
  const now = (): number => {
    looks++
    return clock.now()
  }
  const time = new SparingTime({ ...clock, now }, 100)
  const looksFor = (events: number): number => {
    const before = looks
    for (let i = 0; i < events; i++) time.now()
    return looks - before
  }
  return { clock, time, looksFor }
}

describe('SparingTime', () => {
  it('is exact where few events are counted', async () => {
    const { clock, time } = setup()
    const seen: number[] = []
    for (let i = 0; i < 1_000; i++) {
      await clock.advance(1)
      seen.push(time.now())
    }
    expect(seen).to.deep.equal(Array.from({ length: 1_000 }, (_, i) => i + 6))
  })

  it('looks at the clock for one of sixteen events from the 256th in a slice on', () => {
    const { looksFor } = setup()
    expect(looksFor(257)).to.equal(257)
    expect(looksFor(15)).to.equal(0)
    expect(looksFor(1)).to.equal(1)
    expect(looksFor(16_000)).to.equal(1_000)
  })

  it('is late by fifteen events at most, and exact again in the next slice', async () => {
    const { clock, time, looksFor } = setup()
    looksFor(257)
    await clock.advance(1_000)
    for (let i = 0; i < 15; i++) expect(time.now()).to.equal(5)
    expect(time.now()).to.equal(1_005)
    await clock.advance(1)
    expect(time.now()).to.equal(1_006)
  })
})
