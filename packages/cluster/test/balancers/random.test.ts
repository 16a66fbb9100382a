import { random } from '@kumquat/cluster'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, counts, peersOf } from '../parts.ts'
import { balancerContract, weightedContract } from './contract.ts'

balancerContract('random', (rng) => random({ rng }))
weightedContract('random', (rng) => random({ rng }))

describe('random', () => {
  it('gives each peer exactly its share of [0, 1)', () => {
    const someWeights = fc
      .array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 20 })
      .filter((weights) => weights.some((weight) => weight > 0))
    fc.assert(
      fc.property(someWeights, (weights) => {
        const steps = 2_000
        let step = 0
        const balance = random({ rng: () => (step++ + 0.5) / steps })
        const peers = peersOf(...weights)
        const seen = counts(() => peers.indexOf(balance(peers, call())), steps, weights.length)
        const total = weights.reduce((sum, weight) => sum + weight)
        // An even grid misjudges each piece that a peer owns, at most two for each peer of the set, by one step.
        for (const [i, weight] of weights.entries()) {
          expect(Math.abs(seen[i]! / steps - weight / total)).to.be.at.most((2 * weights.length) / steps)
        }
      }),
    )
  })

  it('draws one number for a pick', () => {
    for (const peers of [peersOf(1, 1, 1), peersOf(1, 2, 3)]) {
      let drawn = 0
      const rng = (): number => {
        drawn++
        return 0.5
      }
      const balance = random({ rng })
      balance(peers, call())
      balance(peers, call())
      expect(drawn).to.equal(2)
    }
  })
})
