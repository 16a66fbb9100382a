import { meanResponse, type Peer, pending, type SomePeers, shortestResponse } from '@kumquat/cluster'
import { seededRng } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call, counts, peer, peersOf } from '../parts.ts'
import { balancerContract, weightedContract } from './contract.ts'

const load = () => meanResponse({ clock: handClock() })
balancerContract('shortestResponse', (rng) => shortestResponse({ load: load(), rng }))
weightedContract('shortestResponse', (rng) => shortestResponse({ load: load(), rng }))

const costing = (...costs: readonly number[]): SomePeers =>
  costs.map(
    (cost, n): Peer => ({ ...peer(n), load: (metric) => (metric === pending ? 0 : cost) }),
  ) as unknown as SomePeers

describe('shortestResponse', () => {
  it('takes the best of four, each drawn from all but the best so far', () => {
    const peers = costing(1, 10, 100, 1_000, 10_000)
    const pickedBy = (...dice: number[]): number => {
      const picked = peers.indexOf(shortestResponse({ rng: () => dice.shift()! })(peers, call()))
      expect(dice).to.have.length(0)
      return picked
    }
    // Places 4, 2, 0, 1.
    expect(pickedBy(0.99, 0.7, 0.7, 0.2)).to.equal(0)
    // Places 4, 2, 4, 3.
    expect(pickedBy(0.99, 0.7, 0.3, 0.2)).to.equal(2)
  })

  it('draws as many as told', () => {
    for (const choices of [2, 3, 16]) {
      let drawn = 0
      const rng = (): number => {
        drawn++
        return 0.4
      }
      shortestResponse({ choices, rng })(peersOf(1, 1, 1), call())
      expect(drawn).to.equal(choices)
    }
  })

  it('finds the better ones of a set more surely the more it draws', () => {
    const peers = costing(...Array<number>(9).fill(100), 1)
    const shareOfBest = (choices: number): number =>
      counts(
        (
          (balance) => () =>
            peers.indexOf(balance(peers, call()))
        )(shortestResponse({ choices, rng: seededRng(1) })),
        4_000,
        10,
      )[9]! / 4_000
    expect(shareOfBest(2)).to.be.closeTo(0.2, 0.03)
    expect(shareOfBest(4)).to.be.closeTo(1 - 0.9 * (8 / 9) ** 3, 0.03)
  })

  it('goes by the metric it is given', () => {
    const own = () => pending()
    const asked = new Set<unknown>()
    const peers = peersOf(1, 1).map((one) => ({
      ...one,
      load: (metric: unknown) => {
        asked.add(metric)
        return 0
      },
    })) as unknown as SomePeers
    shortestResponse({ load: own })(peers, call())
    expect([...asked]).to.have.members([own, pending])
  })

  it('refuses a number of choices out of range, with the number', () => {
    for (const choices of [1, 17, 2.5, Number.NaN]) {
      expect(() => shortestResponse({ choices })).to.throw(
        RangeError,
        `choices must be an integer from 2 to 16, got ${choices}`,
      )
    }
  })
})
