import { consistentHash, fnv1a, type SomePeers } from '@kumquat/cluster'
import { expect } from 'chai'
import { call, peer, peersOf } from '../parts.ts'
import { balancerContract, weightedContract } from './contract.ts'
import { hashingContract, pluggableContract, setOf } from './hashing.ts'

balancerContract('consistentHash', (rng) => consistentHash({ rng }))
weightedContract('consistentHash', () => consistentHash())
hashingContract('consistentHash', {
  make: consistentHash,
  strays: 0,
  places: '3304233332203012312204242030303122033024',
})
pluggableContract('consistentHash', (hash) => consistentHash({ hash }))

describe('consistentHash', () => {
  const KEYS = Array.from({ length: 500 }, (_, i) => `user ${i}`)
  const owners = (peers: SomePeers): readonly string[] => {
    const balance = consistentHash()
    return KEYS.map((key) => balance(peers, call({ args: [key] })).record.id)
  }

  it('moves only the keys of the peer that leaves or joins, with unequal weights too', () => {
    const weightOf = (n: number): number => (n === 1 ? 400 : 10 * (n % 7) + 30)
    const before = owners(setOf([1, 2, 3, 4, 5, 6], weightOf))
    const after = owners(setOf([1, 2, 3, 4, 6], weightOf))
    const left = peer(5).record.id
    expect(before).to.include(left)
    for (const [i, owner] of before.entries()) if (owner !== left) expect(after[i]).to.equal(owner)
  })

  it('moves keys only to the peer that gains weight, be it the heaviest, up to the next power of 2', () => {
    const gaining = peer(3).record.id
    const at = (weight: number): readonly string[] => owners(setOf([1, 2, 3, 4], (n) => (n === 3 ? weight : 64)))
    let before = at(0)
    expect(before).to.not.include(gaining)
    for (const weight of [0.1, 1, 2, 33, 64, 64.5, 100, 127, 127.9]) {
      const after = at(weight)
      for (const [i, owner] of after.entries()) if (owner !== gaining) expect(before[i]).to.equal(owner)
      before = after
    }
    expect(before.filter((owner) => owner === gaining).length / KEYS.length).to.be.closeTo(0.4, 0.08)
    const beyond = at(128)
    expect(beyond.some((owner, i) => owner !== gaining && owner !== before[i])).to.equal(true)
  })

  it('lays as many points as asked for a power of 2, and for other weights in proportion, rounded up', () => {
    /** With hashes of names and keys in our hands, each point stands alone: a key at every position finds the owner. */
    const pointsOf = (weights: readonly number[], points?: number): number => {
      const peers = peersOf(...weights)
      const balance = consistentHash({
        ...(points === undefined ? {} : { points }),
        hash: (text) => (text.startsWith('at ') ? Number(text.slice(3)) : fnv1a(text)),
      })
      let runs = 0
      let last = balance(peers, call({ args: [`at ${2 ** 32 - 1}`] }))
      for (let at = 0; at < 2 ** 32; at += 2 ** 14) {
        const owner = balance(peers, call({ args: [`at ${at}`] }))
        if (owner !== last) runs++
        last = owner
      }
      return runs
    }
    // A peer of one point among many of another makes two changes of owner at most.
    expect(pointsOf([1, 1024], 1024)).to.equal(2)
    expect(pointsOf([2, 1024], 1024)).to.equal(4)
    expect(pointsOf([1.5, 1024], 1024)).to.equal(4)
    expect(pointsOf([1, 1600], 1024)).to.equal(2)
    expect(pointsOf([1, 64])).to.equal(6)
    expect(pointsOf([1, 160], 128)).to.equal(2)
  })

  it('gives two names of equal hash points of their own', () => {
    const peers = peersOf(1, 1)
    // The hash of names knows two values only: one for the name itself, one of the port for the second seed.
    const balance = consistentHash({
      hash: (text) => (text.startsWith('#') ? fnv1a(text) : text.startsWith('10.') ? 5 : fnv1a(text)),
    })
    const chosen = new Set(KEYS.map((key) => balance(peers, call({ args: [key] }))))
    expect(chosen.size).to.equal(2)
  })

  it('spreads keys that differ in their last letter only', () => {
    const balance = consistentHash()
    const peers = peersOf(1, 1, 1, 1)
    const picked = new Set(
      [...'abcdefghijklmnopqrstuvwxyz'].map((end) => balance(peers, call({ args: [`user-${end}`] }))),
    )
    expect(picked.size).to.equal(4)
  })

  it('works on a ring of any size', () => {
    for (const points of [1, 2, 160, 10_000]) {
      const peers = peersOf(1, 1)
      const balance = consistentHash({ points })
      const chosen = new Set(KEYS.map((key) => balance(peers, call({ args: [key] }))))
      for (const one of chosen) expect(peers).to.include(one)
    }
  })

  it('refuses a number of points out of range, with the number', () => {
    for (const points of [0, -1, 1.5, 10_001, Number.NaN]) {
      expect(() => consistentHash({ points })).to.throw(
        RangeError,
        `points must be an integer from 1 to 10000, got ${points}`,
      )
    }
  })
})
