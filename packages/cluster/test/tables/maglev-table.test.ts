import { expect } from 'chai'
import { maglevTable } from '../../src/tables/maglev-table.ts'
import type { Member } from '../../src/tables/members.ts'

describe('maglevTable', () => {
  const member = (owner: number, offset: number, skip: number, weight = 1): Member => ({
    owner,
    weight,
    // The skip is the second seed modulo size - 1, plus 1.
    seeds: [offset, skip - 1],
  })

  it('fills the table of the paper, before and after a backend is gone', () => {
    const [b0, b1, b2] = [member(0, 3, 4), member(1, 0, 2), member(2, 3, 1)]
    expect([...maglevTable([b0, b1, b2], 7)]).to.deep.equal([1, 0, 1, 0, 2, 2, 0])
    expect([...maglevTable([b0, b2], 7)]).to.deep.equal([0, 0, 0, 0, 2, 2, 2])
  })

  it('gives turns by weight: a third of the heaviest has every third turn', () => {
    const seen = (table: Uint32Array, owner: number): number => table.filter((one) => one === owner).length
    const table = maglevTable([member(0, 1, 3, 300), member(1, 5, 7, 100)], 101)
    expect([seen(table, 0), seen(table, 1)]).to.deep.equal([76, 25])
    // One of a third waits until the third round, and until its turn in it.
    expect(seen(maglevTable([member(1, 1, 1, 3), member(0, 5, 1, 1)], 3), 0)).to.equal(0)
    expect(seen(maglevTable([member(1, 1, 1, 3), member(0, 4, 1, 1)], 5), 0)).to.equal(1)
    expect(seen(maglevTable([member(0, 2, 3, 1), member(1, 5, 7, 0.5)], 101), 1)).to.equal(33)
  })

  it('keeps turns in the order of the members, whoever entered a round first', () => {
    // The first has its second turn in the third round, which the other, of 2/3 of its weight, entered in the first.
    const [light, heavy] = [member(0, 0, 1, 2), member(1, 0, 1, 3)]
    expect([...maglevTable([light, heavy], 7)]).to.deep.equal([1, 0, 1, 0, 1, 1, 0])
    expect([...maglevTable([heavy, light], 7)]).to.deep.equal([1, 1, 0, 1, 0, 1, 1])
  })

  it('is quick where one outweighs thousands', () => {
    const many = Array.from({ length: 5_000 }, (_, n) => member(n, n, (n % 60_000) + 1, n === 0 ? 10_000 : 1))
    const table = maglevTable(many, 65_537)
    expect(table.filter((owner) => owner === 0).length).to.equal(45_541)
  })

  it('reads seeds modulo the size', () => {
    const plain = maglevTable([member(0, 3, 2), member(1, 0, 1)], 7)
    expect(maglevTable([{ owner: 0, weight: 1, seeds: [3 + 7, 1 + 6] }, member(1, 0, 1)], 7)).to.deep.equal(plain)
  })
})
