import { expect } from 'chai'
import { membersOf, seedsOf } from '../../src/tables/members.ts'
import { peer, peersOf, record } from '../parts.ts'

describe('membersOf', () => {
  const length = (text: string): number => text.length

  it('names those with weight by their places in the set, in the order of their names', () => {
    const peers = [peer(3, { weight: 7 }), peer(1, { weight: 0.5 }), peer(2, { weight: 0 }), peer(0)]
    expect(membersOf(peers, length).map(({ owner, weight }) => [owner, weight])).to.deep.equal([
      [3, 100],
      [1, 0.5],
      [0, 7],
    ])
  })

  it('takes all for equal if nobody has weight', () => {
    expect(membersOf(peersOf(0, 0), length).map(({ owner, weight }) => [owner, weight])).to.deep.equal([
      [0, 1],
      [1, 1],
    ])
  })

  it('has two seeds of each name, without a sign', () => {
    const asked: string[] = []
    const hash = (text: string): number => {
      asked.push(text)
      return -asked.length
    }
    expect(membersOf([peer(1)], hash)[0]!.seeds).to.deep.equal([2 ** 32 - 1, 2 ** 32 - 2])
    expect(asked).to.deep.equal([record(1).id, `#${record(1).id}`])
    expect(seedsOf('name', length)).to.deep.equal([4, 5])
  })
})
