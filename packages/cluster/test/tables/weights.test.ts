import { expect } from 'chai'
import { weightsOf } from '../../src/tables/weights.ts'
import { peersOf } from '../parts.ts'

describe('weightsOf', () => {
  it('takes weights as they are, fractions too, within 0 and 10 000', () => {
    expect(weightsOf(peersOf(0, 0.5, 1, 10_000))).to.deep.equal([0, 0.5, 1, 10_000])
    expect(weightsOf(peersOf(-1, Number.NaN, 10_001, Number.POSITIVE_INFINITY))).to.deep.equal([0, 0, 10_000, 10_000])
  })

  it('takes all as equal if nobody has weight', () => {
    expect(weightsOf(peersOf(0, -5, Number.NaN))).to.deep.equal([1, 1, 1])
    expect(weightsOf([])).to.deep.equal([])
  })
})
