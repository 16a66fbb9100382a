import { seededRng } from '@kumquat/core'
import { expect } from 'chai'

describe('seededRng', () => {
  it("gives mulberry32's numbers", () => {
    const rng = seededRng(1)
    expect([rng(), rng()]).to.deep.equal([0.6270739405881613, 0.002735721180215478])
  })

  it('spreads evenly over [0, 1), and differently for each seed', () => {
    const tenths = new Array<number>(10).fill(0)
    const rng = seededRng(42)
    for (let i = 0; i < 10_000; i++) tenths[Math.floor(rng() * 10)]! += 1
    for (const count of tenths) expect(count).to.be.within(850, 1_150)
    expect(seededRng(1)()).to.not.equal(seededRng(2)())
  })
})
