import { fnv1a } from '@kumquat/cluster'
import { expect } from 'chai'
import fc from 'fast-check'
import { type Member, membersOf } from '../../src/tables/members.ts'
import { rendezvousTables } from '../../src/tables/rendezvous-table.ts'
import { peer } from '../parts.ts'

/** Members by their ports, which are their names. */
const membersAt = (weights: Readonly<Record<number, number>>): readonly Member[] =>
  membersOf(
    Object.entries(weights).map(([port, weight]) => peer(Number(port), { weight })),
    fnv1a,
  )

describe('rendezvousTables', () => {
  it('gives a slot to the same member, whoever else is there and whatever they weigh, until that member loses it', () => {
    const table = rendezvousTables(256)
    const weights = fc.dictionary(fc.nat(9_999).map(String), fc.integer({ min: 1, max: 50 }), {
      minKeys: 1,
      maxKeys: 12,
    })
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 200 }), (some, weight) => {
        // The ports of whoever owns the slots, integer names coming in the order of numbers.
        const owners = (all: Readonly<Record<number, number>>): readonly number[] => {
          const ports = Object.keys(all).map(Number)
          return [...table(membersAt(all))].map((owner) => ports[owner]!)
        }
        const joined = owners({ ...some, 10000: weight })
        for (const [slot, port] of owners(some).entries()) expect(joined[slot]).to.be.oneOf([port, 10_000])
        const heavier = owners({ ...some, 10000: weight + 0.5 })
        for (const [slot, port] of joined.entries()) expect(heavier[slot]).to.be.oneOf([port, 10_000])
      }),
      { numRuns: 60 },
    )
  })

  it('gives each its share, however many there are', () => {
    const slots = 2 ** 14
    const table = rendezvousTables(slots)
    for (const n of [1, 2, 5, 40]) {
      const all = membersAt(Object.fromEntries(Array.from({ length: n }, (_, i) => [i, 1 + (i % 4)])))
      const total = all.reduce((sum, { weight }) => sum + weight, 0)
      const seen = new Array<number>(n).fill(0)
      for (const owner of table(all)) seen[owner]! += 1
      for (const { owner, weight } of all) {
        const fair = (slots * weight) / total
        expect(seen[owner]! - fair).to.be.within(-4 * Math.sqrt(fair), 4 * Math.sqrt(fair))
      }
    }
  })

  it('gives slots as every version of it did', () => {
    const all: readonly Member[] = [
      { owner: 0, weight: 1, seeds: [0x12345678, 0x9abcdef0] },
      { owner: 1, weight: 2, seeds: [0xdeadbeef, 0x0badf00d] },
      { owner: 2, weight: 0.5, seeds: [0xfffffff9, 99] },
    ]
    expect(rendezvousTables(16)(all).join('')).to.equal('2011101111220011')
    expect(rendezvousTables(32)(all).join('')).to.equal('11101211121110121101010011210000')
  })

  it('gives every member a permutation of its own', () => {
    for (const slots of [16, 32, 64, 1_024]) {
      const table = rendezvousTables(slots)
      const wins = new Set<string>()
      for (let i = 0; i < 120; i += 2) wins.add(table(membersAt({ [i]: 1, [i + 1]: 1 })).join(''))
      expect(wins.size).to.be.above(50)
      const alone = table(membersAt({ 7: 1 }))
      expect(alone).to.have.length(slots)
      expect(new Set(alone)).to.deep.equal(new Set([0]))
    }
  })

  it('gives what two drew alike to the first', () => {
    const twin = (owner: number): Member => ({ owner, weight: 1, seeds: [1, 2] })
    expect(new Set(rendezvousTables(64)([twin(2), twin(1), twin(0)]))).to.deep.equal(new Set([2]))
  })
})
