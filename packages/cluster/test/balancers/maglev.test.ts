import { maglev } from '@kumquat/cluster'
import { expect } from 'chai'
import { call } from '../parts.ts'
import { balancerContract, weightedContract } from './contract.ts'
import { hashingContract, pluggableContract, setOf } from './hashing.ts'

balancerContract('maglev', (rng) => maglev({ size: 1_009, rng }))
weightedContract('maglev', () => maglev({ size: 1_009 }))
hashingContract('maglev', {
  make: (options) => maglev({ size: 4_093, ...options }),
  strays: 0.2,
  places: '3223202332233343322104033313233021313322',
})
pluggableContract('maglev', (hash) => maglev({ size: 4_093, hash }))

describe('maglev', () => {
  /** A hash under which the key "k7" is 7. */
  const literal = (text: string): number =>
    text.startsWith('k')
      ? Number(text.slice(1))
      : [...text].reduce((bits, c) => Math.imul(bits ^ c.charCodeAt(0), 16777619), 17)

  it('divides its 65 537 slots among ten peers to within one', () => {
    const peers = setOf(Array(10).keys())
    const balance = maglev({ hash: literal })
    const seen = new Map<unknown, number>()
    for (let slot = 0; slot < 65_537; slot++) {
      const chosen = balance(peers, call({ args: [`k${slot}`] }))
      seen.set(chosen, (seen.get(chosen) ?? 0) + 1)
    }
    expect([...seen.values()].sort()).to.deep.equal([...Array(3).fill(6_553), ...Array(7).fill(6_554)])
    for (const slot of [0, 1, 65_536]) {
      const chosen = balance(peers, call({ args: [`k${slot}`] }))
      expect(balance(peers, call({ args: [`k${slot + 65_537}`] }))).to.equal(chosen)
    }
  })

  it('moves a few keys of others only, over a hundred peers', () => {
    const all = Array.from({ length: 100 }, (_, n) => n)
    const balance = maglev()
    const ownersIn = (ports: readonly number[]): readonly string[] => {
      const peers = setOf(ports)
      return Array.from({ length: 10_000 }, (_, i) => balance(peers, call({ args: [i] })).record.id)
    }
    const large = ownersIn(all)
    const small = ownersIn(all.slice(1))
    expect(large.filter((owner, i) => owner !== small[i]).length).to.be.within(80, 200)
  })

  it('refuses a size that is no prime in range, with the size', () => {
    for (const size of [0, 1, 4, 9, 65_536, 2.5, -7, 5_000_077, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => maglev({ size })).to.throw(
        RangeError,
        `size must be a prime from 2 to 5000011, e.g. 65537, got ${size}`,
      )
    }
    for (const size of [2, 3, 65_537, 5_000_011]) expect(maglev({ size })).to.be.a('function')
  })
})
