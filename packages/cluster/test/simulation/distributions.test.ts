import { bimodal, constant, type Distribution, exponential, lognormal, uniform } from '@kumquat/cluster/simulation'
import { seededRng } from '@kumquat/core'
import { expect } from 'chai'

const MANY = 200_000

function sorted(distribution: Distribution): readonly number[] {
  const rng = seededRng(7)
  return Array.from({ length: MANY }, () => distribution.draw(rng)).sort((a, b) => a - b)
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value) / values.length

describe('distributions of time', () => {
  const all = {
    constant: constant(10),
    uniform: uniform(5, 15),
    exponential: exponential(10),
    lognormal: lognormal(10, 0.8),
    bimodal: bimodal({ fastMs: 5, slowMs: 105, slowShare: 0.05 }),
  }
  for (const [name, distribution] of Object.entries(all)) {
    it(`come to their mean in many draws: ${name}`, () => {
      const values = sorted(distribution)
      expect(distribution.meanMs).to.be.closeTo(10, 1e-9)
      expect(mean(values)).to.be.closeTo(10, 0.2)
      expect(values[0]).to.be.at.least(0)
    })
  }

  it('have the tails they say', () => {
    const at99 = MANY * 0.99
    expect(sorted(exponential(10))[at99]).to.be.closeTo(46, 1.5)
    expect(sorted(lognormal(10))[at99]).to.be.closeTo(62, 3)
  })

  it('stay within their bounds', () => {
    const values = sorted(uniform(5, 15))
    expect(values[0]).to.be.within(5, 5.01)
    expect(values.at(-1)).to.be.within(14.99, 15)
    expect(new Set(sorted(constant(3)))).to.deep.equal(new Set([3]))
    expect(new Set(sorted(bimodal({ fastMs: 1, slowMs: 9, slowShare: 0.5 })))).to.deep.equal(new Set([1, 9]))
    expect(new Set(sorted(bimodal({ fastMs: 1, slowMs: 9, slowShare: 1 })))).to.deep.equal(new Set([9]))
    expect(new Set(sorted(lognormal(4, 0)))).to.deep.equal(new Set([4]))
  })

  it('are finite whatever the dice show', () => {
    for (const distribution of Object.values(all)) {
      for (const dice of [0, 1 - 2 ** -32]) expect(Number.isFinite(distribution.draw(() => dice))).to.equal(true)
    }
  })

  it('refuse what is no time', () => {
    const wrong = [
      [() => constant(-1), 'ms must be 0 or more and finite, got -1'],
      [() => exponential(Number.NaN), 'meanMs must be 0 or more and finite, got NaN'],
      [() => uniform(Number.POSITIVE_INFINITY, 1), 'leastMs must be 0 or more and finite, got Infinity'],
      [() => uniform(0, -1), 'mostMs must be 0 or more and finite, got -1'],
      [() => uniform(2, 1), 'mostMs must not be below leastMs, got 1 and 2'],
      [() => lognormal(-3), 'meanMs must be 0 or more and finite, got -3'],
      [() => lognormal(1, -1), 'sigma must be 0 or more, got -1'],
      [() => lognormal(1, Number.POSITIVE_INFINITY), 'sigma must be 0 or more, got Infinity'],
      [() => bimodal({ fastMs: 1, slowMs: 1, slowShare: 1.1 }), 'slowShare must be 0 to 1, got 1.1'],
      [() => bimodal({ fastMs: 1, slowMs: 1, slowShare: -0.1 }), 'slowShare must be 0 to 1, got -0.1'],
      [() => bimodal({ fastMs: -1, slowMs: 1, slowShare: 1 }), 'fastMs must be 0 or more and finite, got -1'],
      [() => bimodal({ fastMs: 1, slowMs: -1, slowShare: 1 }), 'slowMs must be 0 or more and finite, got -1'],
    ] as const
    for (const [make, said] of wrong) expect(make).to.throw(RangeError, said)
  })
})
