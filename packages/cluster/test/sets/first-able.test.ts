import { expect } from 'chai'
import { firstAble, isAble } from '../../src/sets/first-able.ts'
import { peer } from '../parts.ts'

describe('firstAble', () => {
  const resting = [peer(1, { weight: 0 })]
  const able = [peer(2, { weight: 0 }), peer(3, { weight: 1 })]

  it('is the first part in which somebody has weight', () => {
    expect(firstAble([], resting, able, [peer(4)])).to.equal(able)
  })

  it('is the first with anybody if nobody has weight', () => {
    expect(firstAble([], resting, [peer(5, { weight: 0 })])).to.equal(resting)
  })

  it('is nobody if there is nobody', () => {
    expect(firstAble()).to.deep.equal([])
    expect(firstAble([], [])).to.deep.equal([])
  })

  it('takes the smallest weight for one', () => {
    expect(isAble([peer(1, { weight: 0.001 })])).to.equal(true)
    expect(isAble(resting)).to.equal(false)
    expect(isAble([])).to.equal(false)
  })
})
