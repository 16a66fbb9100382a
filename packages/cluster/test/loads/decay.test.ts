import { expect } from 'chai'
import { decay } from '../../src/loads/decay.ts'

describe('decay', () => {
  it('is exp(-x), to within a millionth where it is told by a series, and to the last bit elsewhere', () => {
    for (let x = 0; x < 0.125; x += 0.001) expect(decay(x)).to.be.closeTo(Math.exp(-x), 1e-6)
    for (const x of [0.125, 0.5, 1, 10, 1_000]) expect(decay(x)).to.equal(Math.exp(-x))
  })

  it('never grows with age', () => {
    let last = decay(0)
    expect(last).to.equal(1)
    for (let x = 0; x < 0.25; x += 1 / 4_096) {
      expect(decay(x)).to.be.at.most(last)
      last = decay(x)
    }
  })
})
