import { expect } from 'chai'
import { shares } from '../../src/sets/shares.ts'

describe('shares', () => {
  it('draws the only one without dice', () => {
    const draw = shares([{ of: 'a', weight: 1 }], () => {
      throw new Error('no need to')
    })
    expect(draw()).to.equal('a')
  })

  it('draws the last where rounding leaves a rest', () => {
    const draw = shares(
      [
        { of: 'a', weight: 0.1 },
        { of: 'b', weight: 0.2 },
      ],
      () => 1,
    )
    expect(draw()).to.equal('b')
  })
})
