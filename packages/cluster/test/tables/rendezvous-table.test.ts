import { fnv1a } from '@kumquat/cluster'
import { expect } from 'chai'
import fc from 'fast-check'
import { type RendezvousMember, rendezvousTables } from '../../src/tables/rendezvous-table.ts'

const member = (name: string, weight = 1): RendezvousMember => ({
  name,
  weight,
  seeds: [fnv1a(name), fnv1a(`#${name}`)],
})

describe('rendezvousTables', () => {
  const members = fc.uniqueArray(fc.record({ name: fc.string(), weight: fc.integer({ min: 0, max: 50 }) }), {
    selector: ({ name }) => name,
    minLength: 1,
    maxLength: 12,
  })

  it('gives a slot to the same member, whoever else is there and whatever they weigh, until that member loses it', () => {
    const table = rendezvousTables(256)
    fc.assert(
      fc.property(members, fc.integer({ min: 1, max: 200 }), (some, weight) => {
        const before = some.filter((one) => one.weight > 0).map((one) => member(one.name, one.weight))
        if (before.length === 0) return
        const owner = (all: readonly RendezvousMember[]): readonly string[] =>
          [...table(all)].map((index) => all[index]!.name)
        const joined = owner([...before, member('the joiner', weight)])
        for (const [slot, name] of owner(before).entries()) expect(joined[slot]).to.be.oneOf([name, 'the joiner'])
        const heavier = owner([...before, member('the joiner', weight + 0.5)])
        for (const [slot, name] of joined.entries()) expect(heavier[slot]).to.be.oneOf([name, 'the joiner'])
      }),
      { numRuns: 60 },
    )
  })

  it('gives each its share, however many there are', () => {
    const slots = 2 ** 14
    const table = rendezvousTables(slots)
    for (const n of [1, 2, 5, 40]) {
      const all = Array.from({ length: n }, (_, i) => member(`m${i}`, 1 + (i % 4)))
      const total = all.reduce((sum, { weight }) => sum + weight, 0)
      const seen = new Array<number>(n).fill(0)
      for (const index of table(all)) seen[index]! += 1
      for (const [i, { weight }] of all.entries()) {
        const fair = (slots * weight) / total
        expect(seen[i]! - fair).to.be.within(-4 * Math.sqrt(fair), 4 * Math.sqrt(fair))
      }
    }
  })

  it('gives slots as every version of it did', () => {
    const all: readonly RendezvousMember[] = [
      { name: 'a', weight: 1, seeds: [0x12345678, 0x9abcdef0] },
      { name: 'b', weight: 2, seeds: [0xdeadbeef, 0x0badf00d] },
      { name: 'c', weight: 0.5, seeds: [-7, 99] },
    ]
    expect(rendezvousTables(16)(all).join('')).to.equal('2011101111220011')
    expect(rendezvousTables(32)(all).join('')).to.equal('11101211121110121101010011210000')
  })

  it('gives every member a permutation of its own: of two, both win in every part of the table', () => {
    for (const slots of [16, 32, 64, 1_024]) {
      const table = rendezvousTables(slots)
      const wins = new Set<string>()
      for (let i = 0; i < 60; i++) wins.add([...table([member(`a${i}`), member(`b${i}`)])].join(''))
      expect(wins.size).to.be.above(50)
      const alone = table([member('a')])
      expect(alone).to.have.length(slots)
      expect(new Set(alone)).to.deep.equal(new Set([0]))
    }
  })

  it('gives what two drew alike to the lower name', () => {
    const twin = (name: string): RendezvousMember => ({ name, weight: 1, seeds: [1, 2] })
    expect(new Set(rendezvousTables(64)([twin('b'), twin('a'), twin('c')]))).to.deep.equal(new Set([1]))
  })

  it('leaves members of weight 0 out', () => {
    expect(new Set(rendezvousTables(64)([member('a', 0), member('b', 3)]))).to.deep.equal(new Set([1]))
  })
})
