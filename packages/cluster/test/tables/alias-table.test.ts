import { expect } from 'chai'
import fc from 'fast-check'
import { aliasTable } from '../../src/tables/alias-table.ts'
import { counts } from '../parts.ts'

describe('aliasTable', () => {
  it('gives each index exactly its part of [0, 1)', () => {
    const drawn = (weights: readonly number[], steps: number): readonly number[] => {
      const draw = aliasTable(weights)
      let step = 0
      return counts(() => draw((step++ + 0.5) / steps), steps, weights.length)
    }
    expect(drawn([1, 2, 5], 24)).to.deep.equal([3, 6, 15])
    expect(drawn([4, 0, 4], 24)).to.deep.equal([12, 0, 12])
    expect(drawn([0.25, 0.5, 0.25], 24)).to.deep.equal([6, 12, 6])
    expect(drawn([7], 10)).to.deep.equal([10])
  })

  it('never draws what has no weight, not even if its dice show a full 1', () => {
    const weights = fc
      .array(fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1_000, noNaN: true })), {
        minLength: 1,
        maxLength: 20,
      })
      .filter((some) => some.some((weight) => weight > 0))
    fc.assert(
      fc.property(weights, fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })), (some, uniform) => {
        expect(some[aliasTable(some)(uniform)]).to.be.above(0)
      }),
      { numRuns: 1_000 },
    )
  })
})
