import { remainingMs } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'

describe('remainingMs', () => {
  it('counts down to the deadline and beyond', async () => {
    const clock = handClock({ startMs: 1_000 })
    expect(remainingMs({ deadline: 1_500 }, clock)).to.equal(500)
    await clock.advance(600)
    expect(remainingMs({ deadline: 1_500 }, clock)).to.equal(-100)
  })

  it('is endless without a deadline', () => {
    expect(remainingMs({}, handClock())).to.equal(Number.POSITIVE_INFINITY)
  })
})
