import { weightedRoundRobin } from '@kumquat/cluster'
import { type Rng, seededRng } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, counts, peersOf } from '../parts.ts'
import { balancerContract, weightedContract } from './contract.ts'

balancerContract('weightedRoundRobin', (rng) => weightedRoundRobin({ rng }))
weightedContract('weightedRoundRobin', (rng) => weightedRoundRobin({ rng }))

describe('weightedRoundRobin', () => {
  it("goes in nginx's order, whatever the unit of the weights", () => {
    for (const unit of [1, 1_000, 0.5]) {
      const peers = peersOf(5 * unit, unit, unit)
      const balance = weightedRoundRobin({ rng: () => 0 })
      const order = Array.from({ length: 14 }, () => 'abc'[peers.indexOf(balance(peers, call()))])
      expect(order.join('')).to.equal('aabacaaaabacaa')
    }
  })

  // A cycle is laid out beforehand up to 16 384 steps, peers times turns: these reach both sides of that.
  const someWeights = fc
    .oneof(
      fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 3, maxLength: 8 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 130, maxLength: 200 }),
    )
    .filter((weights) => weights.some((weight) => weight > 0))
  const totalOf = (weights: readonly number[]): number => weights.reduce((sum, weight) => sum + weight)
  const turnsOf = (weights: readonly number[], rng: Rng): (() => number) => {
    const peers = peersOf(...weights)
    const places = new Map(peers.map((peer, place) => [peer, place]))
    const balance = weightedRoundRobin({ rng })
    return () => places.get(balance(peers, call()))!
  }

  it('gives exactly its share to each in every cycle, from wherever it starts, however long the cycle', () => {
    fc.assert(
      fc.property(someWeights, fc.integer(), fc.nat(500), (weights, seed, skip) => {
        const next = turnsOf(weights, seededRng(seed))
        counts(next, skip, weights.length)
        expect(counts(next, totalOf(weights), weights.length)).to.deep.equal(weights)
      }),
    )
  })

  /** By how many calls anybody is ever ahead of its share within two cycles, less what `allowed` lets it. */
  const mostAhead = (weights: readonly number[], allowed: (share: number) => number): number => {
    const next = turnsOf(weights, () => 0)
    const total = totalOf(weights)
    const seen = weights.map(() => 0)
    let most = Number.NEGATIVE_INFINITY
    for (let turn = 1; turn <= 2 * total; turn++) {
      const index = next()
      seen[index]! += 1
      const share = weights[index]! / total
      most = Math.max(most, seen[index]! - turn * share - allowed(share))
    }
    return most
  }

  it('never lets a peer be a whole call ahead of its share in a short cycle', () => {
    const short = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 })
    const spread = (weights: readonly number[]): void => {
      expect(mostAhead(weights, () => 1)).to.be.below(0)
    }
    fc.assert(fc.property(short, spread))
  })

  it('spreads the turns of each evenly over a long cycle', () => {
    // By deadlines, one of weight w has w·t turns in time t, give or take one, and so has everyone else.
    const spread = (weights: readonly number[]): void => {
      expect(mostAhead(weights, (share) => 1 + weights.length * share)).to.be.at.most(0)
    }
    fc.assert(fc.property(someWeights, spread), { numRuns: 30 })
  })

  it('keeps exact counts over a million turns of awkward weights', () => {
    const weights = [9_973, 7, 331]
    const cycles = 97
    const seen = counts(turnsOf(weights, seededRng(2)), cycles * totalOf(weights), 3)
    expect(seen).to.deep.equal(weights.map((weight) => cycles * weight))
  })

  it('turns evenly among a thousand equals', () => {
    const next = turnsOf(Array<number>(1_000).fill(100), seededRng(3))
    expect(new Set(Array.from({ length: 1_000 }, next)).size).to.equal(1_000)
  })

  it('stays fair by weight when sets change with every call, short cycle or long', () => {
    for (const weights of [
      [1, 2, 7],
      [1_001, 2_003, 6_996],
    ]) {
      const peers = peersOf(...weights)
      const balance = weightedRoundRobin({ rng: seededRng(9) })
      const seen = counts(() => peers.indexOf(balance([...peers], call())), 5_000, 3)
      // Five standard deviations of a binomial share.
      for (const [i, share] of [0.1, 0.2, 0.7].entries()) {
        expect(seen[i]).to.be.closeTo(5_000 * share, 5 * Math.sqrt(5_000 * share * (1 - share)))
      }
    }
  })

  it('begins with any of two hundred equals', () => {
    const equals = Array<number>(200).fill(100)
    const rng = seededRng(4)
    const begun = counts(() => turnsOf(equals, rng)(), 2_000, 200)
    expect(Math.max(...begun)).to.be.below(40)
  })

  it('takes weights that have nothing in common', () => {
    const next = turnsOf([0.1, 0.2, 0.7], seededRng(5))
    const seen = counts(next, 1_000, 3)
    for (const [i, share] of [100, 200, 700].entries()) expect(seen[i]).to.be.closeTo(share, 1)
  })

  it('keeps its shares even if its dice show a full 1', () => {
    for (const weights of [
      [1, 2, 3],
      [3_001, 2_003, 0],
    ]) {
      expect(
        counts(
          turnsOf(weights, () => 1),
          totalOf(weights),
          3,
        ),
      ).to.deep.equal(weights)
    }
  })
})
