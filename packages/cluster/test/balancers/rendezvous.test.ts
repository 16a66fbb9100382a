import { fnv1a, type Hash, rendezvous } from '@kumquat/cluster'
import { expect } from 'chai'
import { call, peer, peersOf } from '../parts.ts'
import { balancerContract, weightedContract } from './contract.ts'
import { hashingContract, pluggableContract, setOf } from './hashing.ts'

const small = () => rendezvous({ slots: 1_024 })
balancerContract('rendezvous', (rng) => rendezvous({ slots: 1_024, rng }))
weightedContract('rendezvous', small)
hashingContract('rendezvous', {
  make: (options) => rendezvous({ slots: 4_096, ...options }),
  strays: 0,
  places: '3323313232443333322101324401433330333343',
})
pluggableContract('rendezvous', (hash) => rendezvous({ slots: 4_096, hash }))

describe('rendezvous', () => {
  const KEYS = Array.from({ length: 2_000 }, (_, i) => `user ${i}`)
  const owners = (weightOf: (n: number) => number): readonly string[] => {
    const balance = rendezvous({ slots: 4_096 })
    const peers = setOf([1, 2, 3, 4, 5], weightOf)
    return KEYS.map((key) => balance(peers, call({ args: [key] })).record.id)
  }

  it('moves keys only to the peer that gains weight, even if it becomes the heaviest by far', () => {
    const gaining = peer(3).record.id
    let before = owners(() => 100)
    for (const weight of [100.5, 101, 150, 260, 1_000, 10_000]) {
      const after = owners((n) => (n === 3 ? weight : 100))
      for (const [i, owner] of after.entries()) if (owner !== gaining) expect(before[i]).to.equal(owner)
      before = after
    }
    expect(before.filter((owner) => owner === gaining).length / KEYS.length).to.be.closeTo(10_000 / 10_400, 0.02)
  })

  it('gives shares by weight over many peers', () => {
    const balance = rendezvous()
    const peers = setOf(Array(60).keys(), (n) => 100 * ((n % 3) + 1))
    const seen = [0, 0, 0]
    for (let i = 0; i < 60_000; i++) seen[balance(peers, call({ args: [i] })).record.weight / 100 - 1]! += 1
    for (const [k, share] of seen.entries()) expect(share / 60_000).to.be.closeTo((k + 1) / 6, 0.01)
  })

  it('puts keys into 65 536 slots, or as many as asked', () => {
    const hash: Hash = (text) => (text.startsWith('k') ? Number(text.slice(1)) : fnv1a(text))
    const peers = peersOf(...Array<number>(200).fill(1))
    for (const [slots, balance] of [
      [16, rendezvous({ slots: 16, hash })],
      [1_024, rendezvous({ slots: 1_024, hash })],
      [65_536, rendezvous({ hash })],
    ] as const) {
      const seen = new Set<unknown>()
      for (let i = 0; i < slots; i++) {
        const chosen = balance(peers, call({ args: [`k${i}`] }))
        seen.add(chosen)
        expect(balance(peers, call({ args: [`k${i + slots}`] }))).to.equal(chosen)
      }
      expect(seen.size).to.be.within(10, Math.min(slots, 200))
    }
  })

  it('refuses a number of slots that is no power of 2 in range, with the number', () => {
    for (const slots of [0, 1, 8, 17, 65_537, 2 ** 23, 32.5, -16, Number.NaN]) {
      expect(() => rendezvous({ slots })).to.throw(
        RangeError,
        `slots must be a power of 2 from 16 to 4194304, got ${slots}`,
      )
    }
    for (const slots of [16, 2 ** 22]) expect(rendezvous({ slots })).to.be.a('function')
  })
})
