import { expect } from 'chai'
import { assertInteger, assertWithin } from '../src/range.ts'

describe('assertWithin', () => {
  it('takes both ends, and what is between', () => {
    for (const value of [1, 1.5, 2]) expect(() => assertWithin('share', value, 1, 2)).to.not.throw()
  })

  it('refuses all else with the name, the range and the value', () => {
    for (const value of [0.99, 2.01, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => assertWithin('share', value, 1, 2)).to.throw(
        RangeError,
        `share must be a number from 1 to 2, got ${value}`,
      )
    }
  })
})

describe('assertInteger', () => {
  it('takes both ends, and whole numbers between', () => {
    for (const value of [1, 2, 3]) expect(() => assertInteger('max', value, 1, 3)).to.not.throw()
  })

  it('refuses all else with the name, the range and the value', () => {
    for (const value of [0, 4, 1.5, Number.NaN]) {
      expect(() => assertInteger('max', value, 1, 3)).to.throw(
        RangeError,
        `max must be an integer from 1 to 3, got ${value}`,
      )
    }
  })
})
