import type { Rng } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { type Draws, draws } from '../../src/tables/draws.ts'
import { counts } from '../parts.ts'

/** How often each index comes over an even grid of [0, 1), in parts of 1. */
function parts(draw: (uniform: number) => number, size: number, steps = 1_000): readonly number[] {
  let step = 0
  return counts(() => draw((step++ + 0.5) / steps), steps, size).map((count) => count / steps)
}

/** Shows these numbers, once each. */
function dice(...numbers: readonly number[]): Rng {
  const left = [...numbers]
  return () => left.shift()!
}

/** The same for a draw that takes a second number now and then: over an even grid of both. */
function partsOfOther(other: Draws['other'], index: number, size: number, steps: number): readonly number[] {
  const at = (step: number): number => (step + 0.5) / steps
  let step = 0
  const draw = (): number => {
    const numbers = dice(at(Math.floor(step / steps)), at(step % steps))
    step++
    return other(index, numbers)
  }
  return counts(draw, steps * steps, size).map((count) => count / (steps * steps))
}

describe('draws', () => {
  const someWeights = fc
    .array(fc.oneof(fc.integer({ min: 0, max: 10 }), fc.double({ min: 0.01, max: 10, noNaN: true })), {
      minLength: 1,
      maxLength: 12,
    })
    .filter((weights) => weights.some((weight) => weight > 0))

  it('draws one in proportion to weight', () => {
    expect(parts(draws([1, 2, 5]).one, 3, 800)).to.deep.equal([0.125, 0.25, 0.625])
    expect(parts(draws([3, 3, 3, 3]).one, 4)).to.deep.equal([0.25, 0.25, 0.25, 0.25])
  })

  it('draws another than one, in proportion to the weights of all others', () => {
    const { other } = draws([1, 2, 5, 2])
    const expected = [
      [0, 2 / 9, 5 / 9, 2 / 9],
      [1 / 8, 0, 5 / 8, 2 / 8],
      [1 / 5, 2 / 5, 0, 2 / 5],
      [1 / 8, 2 / 8, 5 / 8, 0],
    ]
    for (const [index, wanted] of expected.entries()) {
      expect(partsOfOther(other, index, 4, 360)).to.deep.equal(wanted)
    }
  })

  it('takes a second number only where the first fell on the one again', () => {
    const { other } = draws([1, 2, 5, 2])
    const asked = (first: number): number => {
      const left = [first, 0.5, 0.5]
      other(2, () => left.shift()!)
      return 3 - left.length
    }
    expect(asked(0.01)).to.equal(1)
    expect(asked(0.6)).to.equal(2)
  })

  it('draws another of equals as often as any other, from one number', () => {
    const { other } = draws([7, 7, 7, 7, 7])
    for (let index = 0; index < 5; index++) {
      const expected = [0, 1, 2, 3, 4].map((one) => (one === index ? 0 : 0.25))
      expect(parts((uniform) => other(index, dice(uniform)), 5)).to.deep.equal(expected)
    }
  })

  it('always draws another with weight, if there is one', () => {
    fc.assert(
      fc.property(someWeights, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (weights, uniform) => {
        const { other } = draws(weights)
        const able = weights.flatMap((weight, index) => (weight > 0 ? [index] : []))
        for (const index of able) {
          const others = able.filter((one) => one !== index)
          expect(other(index, () => uniform)).to.be.oneOf(others.length === 0 ? [index] : others)
        }
      }),
    )
  })

  it('answers with the one itself when no other has weight', () => {
    expect(draws([0, 4, 0]).other(1, () => 0.5)).to.equal(1)
    expect(draws([4]).other(0, () => 0.5)).to.equal(0)
  })

  it('draws the last other with weight if its dice show a full 1, as rounding may', () => {
    expect(draws([1, 2, 3]).other(0, () => 1)).to.equal(2)
    expect(draws([1, 2, 3, 0]).other(2, () => 1)).to.equal(1)
  })

  it('tells the weight of each relative to the mean of those with weight', () => {
    expect([...draws([1, 0, 2, 3]).shares]).to.deep.equal([0.5, 0, 1, 1.5])
    expect([...draws([9, 9]).shares]).to.deep.equal([1, 1])
  })
})
