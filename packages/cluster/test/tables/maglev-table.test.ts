import { expect } from 'chai'
import { maglevTable } from '../../src/tables/maglev-table.ts'

describe('maglevTable', () => {
  const member = (name: string, offset: number, skip: number, weight = 1) => ({
    name,
    weight,
    // The skip is the second seed modulo size - 1, plus 1.
    seeds: [offset, skip - 1] as const,
  })

  it('fills the table of the paper, before and after a backend is gone', () => {
    const [b0, b1, b2] = [member('B0', 3, 4), member('B1', 0, 2), member('B2', 3, 1)]
    expect([...maglevTable([b0, b1, b2], 7)]).to.deep.equal([1, 0, 1, 0, 2, 2, 0])
    expect([...maglevTable([b0, b2], 7)]).to.deep.equal([0, 0, 0, 0, 1, 1, 1])
  })

  it('lets the lower name go first, in whatever order they come', () => {
    const [b0, b1, b2] = [member('B0', 3, 4), member('B1', 0, 2), member('B2', 3, 1)]
    expect([...maglevTable([b2, b1, b0], 7)]).to.deep.equal([1, 2, 1, 2, 0, 0, 2])
  })

  it('gives turns by weight: a third of the heaviest has every third turn', () => {
    const seen = (table: Uint32Array, index: number): number => table.filter((owner) => owner === index).length
    const table = maglevTable([member('a', 1, 3, 300), member('b', 5, 7, 100), member('c', 0, 1, 0)], 101)
    expect([seen(table, 0), seen(table, 1), seen(table, 2)]).to.deep.equal([76, 25, 0])
    // One of a third waits until the third round.
    expect(seen(maglevTable([member('b', 5, 1, 1), member('a', 1, 1, 3)], 3), 0)).to.equal(0)
    expect(seen(maglevTable([member('b', 4, 1, 1), member('a', 1, 1, 3)], 5), 0)).to.equal(1)
    expect(seen(maglevTable([member('a', 2, 3, 1), member('b', 5, 7, 0.5)], 101), 1)).to.equal(33)
  })

  it('reads seeds as unsigned and modulo the size', () => {
    const plain = maglevTable([member('a', 3, 2), member('b', 0, 1)], 7)
    expect(maglevTable([{ name: 'a', weight: 1, seeds: [3 + 7, 1 + 6] }, member('b', 0, 1)], 7)).to.deep.equal(plain)
    const high = { name: 'a', weight: 1, seeds: [-1, -1] as const }
    const unsigned = { name: 'a', weight: 1, seeds: [0xffffffff, 0xffffffff] as const }
    expect(maglevTable([high, member('b', 0, 1)], 7)).to.deep.equal(maglevTable([unsigned, member('b', 0, 1)], 7))
  })
})
