import { leastLoaded, type SomePeers } from '@kumquat/cluster'
import { seededRng } from '@kumquat/core'
import { expect } from 'chai'
import { call, counts, peer } from '../parts.ts'
import { balancerContract, weightedContract } from './contract.ts'

balancerContract('leastLoaded', (rng) => leastLoaded({ rng }))
weightedContract('leastLoaded', (rng) => leastLoaded({ rng }))

/** Peers given as [weight, load]. */
const loaded = (...pairs: readonly (readonly [number, number])[]): SomePeers =>
  pairs.map(([weight, load], n) => peer(n, { weight }, load)) as unknown as SomePeers

describe('leastLoaded', () => {
  const picked = (peers: SomePeers, times = 200): ReadonlySet<number> => {
    const balance = leastLoaded({ rng: seededRng(1) })
    return new Set(Array.from({ length: times }, () => peers.indexOf(balance(peers, call()))))
  }

  it('takes the one with the least load', () => {
    expect([...picked(loaded([100, 3], [100, 1], [100, 2]))]).to.deep.equal([1])
  })

  it('lets a peer of twice the weight carry twice the load', () => {
    expect([...picked(loaded([100, 2], [200, 3]))]).to.deep.equal([1])
    expect([...picked(loaded([100, 2], [200, 5]))]).to.deep.equal([0])
  })

  it('divides equals by weight and chance, wherever they stand', () => {
    const peers = loaded([100, 9], [100, 0], [100, 7], [300, 0])
    const balance = leastLoaded({ rng: seededRng(2) })
    const seen = counts(() => peers.indexOf(balance(peers, call())), 10_000, 4)
    expect(seen[1]! / 10_000).to.be.closeTo(0.25, 0.03)
    expect(seen[3]! / 10_000).to.be.closeTo(0.75, 0.03)
  })

  it('still goes by load when nobody has weight', () => {
    expect([...picked(loaded([0, 3], [0, 1], [0, 2]))]).to.deep.equal([1])
  })

  it('takes the idle peer of weight over an idle one without', () => {
    expect([...picked(loaded([0, 0], [1, 50]))]).to.deep.equal([1])
  })

  it('picks somebody even if every load is infinite or no number', () => {
    for (const load of [Number.POSITIVE_INFINITY, Number.NaN]) {
      const peers = loaded([1, load], [1, load])
      expect(peers).to.include(leastLoaded({ rng: seededRng(3) })(peers, call()))
    }
  })
})
