import { expect } from 'chai'
import fc from 'fast-check'
import { hashRing } from '../../src/tables/hash-ring.ts'

const ringOf = (members: Readonly<Record<string, readonly number[]>>) =>
  hashRing(Object.entries(members).map(([name, positions]) => ({ name, positions: Uint32Array.from(positions) })))

describe('hashRing', () => {
  it('finds the first point at or after a position, and the first of all after the last', () => {
    const ring = ringOf({ a: [10, 4_000_000_000], b: [20, 0xffffffff], c: [] })
    expect([...ring.owners]).to.deep.equal([0, 1, 0, 1])
    const at = [0, 10, 11, 20, 21, 4_000_000_000, 4_000_000_001, 0xffffffff].map((position) => ring.at(position))
    expect(at).to.deep.equal([0, 0, 1, 1, 2, 2, 3, 3])
    const short = ringOf({ a: [10], b: [20] })
    expect([20, 21, 0xffffffff].map((position) => short.at(position))).to.deep.equal([1, 0, 0])
  })

  it('works with one point', () => {
    for (const position of [0, 1, 2 ** 31 - 1, 2 ** 31, 0xffffffff]) {
      const ring = ringOf({ only: [position] })
      for (const asked of [0, position, 2 ** 31, 0xffffffff]) expect(ring.at(asked)).to.equal(0)
    }
  })

  it('gives a shared point to the lower name first, in any order of the members', () => {
    expect([...ringOf({ a: [7], b: [7, 3] }).owners]).to.deep.equal([1, 0, 1])
    expect([...ringOf({ b: [7, 3], a: [7] }).owners]).to.deep.equal([0, 1, 0])
  })

  it('orders points as a sort would, and finds what a search would', () => {
    const near = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 0xffffffff }))
    const positions = fc.array(near, { maxLength: 30 })
    fc.assert(
      fc.property(fc.array(positions, { minLength: 1, maxLength: 6 }), fc.array(near), (sets, asked) => {
        const points = sets.flatMap((set, owner) => set.map((position) => ({ position, owner })))
        if (points.length === 0) return
        points.sort((a, b) => a.position - b.position || a.owner - b.owner)
        const ring = hashRing(sets.map((set, owner) => ({ name: `m${owner}`, positions: Uint32Array.from(set) })))
        expect([...ring.owners]).to.deep.equal(points.map(({ owner }) => owner))
        for (const position of asked) {
          const found = points.findIndex((point) => point.position >= position)
          expect(ring.at(position)).to.equal(Math.max(found, 0))
        }
      }),
    )
  })

  it('holds more points than it has slots', () => {
    const positions = Uint32Array.from({ length: 1_100_000 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 0)
    const ring = hashRing([{ name: 'a', positions }])
    const sorted = positions.toSorted()
    expect(ring.at(0xffffffff)).to.equal(0)
    for (let i = 0; i < sorted.length; i += 9_999) expect(ring.at(sorted[i]!)).to.equal(i)
  })
})
