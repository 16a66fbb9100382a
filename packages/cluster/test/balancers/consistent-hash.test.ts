import { consistentHash, type SomePeers } from '@kumquat/cluster'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, peer, peersOf } from '../parts.ts'
import { balancerContract, weightedContract } from './contract.ts'

const byFirstArgument = () => consistentHash({ key: ({ args }) => String(args[0]) })
balancerContract('consistentHash', byFirstArgument)
weightedContract('consistentHash', byFirstArgument)

describe('consistentHash', () => {
  const KEYS = Array.from({ length: 500 }, (_, i) => `user ${i}`)
  const owners = (peers: SomePeers): readonly string[] => {
    const balance = byFirstArgument()
    return KEYS.map((key) => balance(peers, call({ args: [key] })).record.id)
  }
  const setOf = (ports: Iterable<number>, weightOf: (port: number) => number = () => 100): SomePeers =>
    [...ports].map((n) => peer(n, { weight: weightOf(n) })) as unknown as SomePeers
  const ports = fc.uniqueArray(fc.integer({ min: 0, max: 40_000 }), { minLength: 2, maxLength: 12 })

  it('sends equal keys to the same peer', () => {
    const peers = peersOf(100, 100, 100, 100)
    expect(owners(peers)).to.deep.equal(owners(peers))
  })

  it('moves only the keys of the peer that leaves', () => {
    fc.assert(
      fc.property(ports, (all) => {
        const before = owners(setOf(all))
        const [leaver, ...stayers] = all
        const left = peer(leaver!).record.id
        const after = owners(setOf(stayers))
        for (const [i, owner] of before.entries()) if (owner !== left) expect(after[i]).to.equal(owner)
      }),
      { numRuns: 30 },
    )
  })

  it('moves keys only to the peer that joins', () => {
    fc.assert(
      fc.property(ports, (all) => {
        const [joiner, ...first] = all
        const joined = peer(joiner!).record.id
        const before = owners(setOf(first))
        const after = owners(setOf(all))
        for (const [i, owner] of after.entries()) if (owner !== joined) expect(before[i]).to.equal(owner)
      }),
      { numRuns: 30 },
    )
  })

  it('does so with unequal weights too, while the heaviest stays', () => {
    const weightOf = (n: number): number => (n === 1 ? 400 : 10 * (n % 7) + 30)
    const before = owners(setOf([1, 2, 3, 4, 5, 6], weightOf))
    const after = owners(setOf([1, 2, 3, 4, 6], weightOf))
    const left = peer(5).record.id
    expect(before).to.include(left)
    for (const [i, owner] of before.entries()) if (owner !== left) expect(after[i]).to.equal(owner)
  })

  it('moves keys only to a peer that gains weight, while the heaviest stays', () => {
    const gaining = peer(3).record.id
    const at = (weight: number): readonly string[] =>
      owners(setOf([1, 2, 3, 4], (n) => ({ 1: 10_000, 3: weight })[n] ?? 500))
    let before = at(0)
    expect(before).to.not.include(gaining)
    for (const weight of [1, 2, 100, 500, 5_000, 9_999]) {
      const after = at(weight)
      for (const [i, owner] of after.entries()) if (owner !== gaining) expect(before[i]).to.equal(owner)
      before = after
    }
    expect(before).to.include(gaining)
  })

  it('spreads keys that differ in their last letter only', () => {
    const balance = byFirstArgument()
    const peers = peersOf(1, 1, 1, 1)
    const picked = new Set(
      [...'abcdefghijklmnopqrstuvwxyz'].map((end) => balance(peers, call({ args: [`user-${end}`] }))),
    )
    expect(picked.size).to.equal(4)
  })

  it('takes any key, on a ring of any size', () => {
    for (const points of [1, 2, 160, 10_000]) {
      const balance = consistentHash({ key: ({ args }) => String(args[0]), points })
      const peers = peersOf(1)
      for (const key of ['', 'a', '\u{1f34a}', 'x'.repeat(10_000), '\ud800']) {
        expect(balance(peers, call({ args: [key] }))).to.equal(peers[0])
      }
    }
  })

  it('cares nothing for the order of the peers', () => {
    fc.assert(
      fc.property(ports, fc.func(fc.integer()), (all, rank) => {
        const shuffled = [...all].sort((a, b) => rank(a) - rank(b))
        expect(owners(setOf(shuffled))).to.deep.equal(owners(setOf(all)))
      }),
      { numRuns: 20 },
    )
  })

  it('remaps about a tenth of the keys when an eleventh peer joins', () => {
    const before = owners(setOf(Array(10).keys()))
    const after = owners(setOf(Array(11).keys()))
    const moved = before.filter((owner, i) => owner !== after[i]).length
    expect(moved / KEYS.length).to.be.within(0.04, 0.16)
  })

  it('spreads keys evenly over ten peers', () => {
    const peers = setOf(Array(10).keys())
    const balance = byFirstArgument()
    const seen = new Map<string, number>()
    for (let i = 0; i < 20_000; i++) {
      const { id } = balance(peers, call({ args: [`user ${i}`] })).record
      seen.set(id, (seen.get(id) ?? 0) + 1)
    }
    expect(seen.size).to.equal(10)
    for (const share of seen.values()) expect(share).to.be.within(1_500, 2_600)
  })

  it('refuses a number of points out of range, with the number', () => {
    for (const points of [0, -1, 1.5, 10_001, Number.NaN]) {
      expect(() => consistentHash({ key: () => '', points })).to.throw(RangeError, `got ${points}`)
    }
  })
})
