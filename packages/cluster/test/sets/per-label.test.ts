import type { Peers } from '@kumquat/cluster'
import { expect } from 'chai'
import { perLabel } from '../../src/sets/per-label.ts'
import { call, peer } from '../parts.ts'

describe('perLabel', () => {
  const from = (caller: string) => call({ caller })
  const setup = () => {
    const built: (string | undefined)[] = []
    const table = perLabel(
      ({ caller }) => caller,
      (peers: Peers, { caller }) => {
        built.push(caller)
        return { peers, caller }
      },
    )
    return { built, table }
  }

  it('builds once for each label and each set', () => {
    const { built, table } = setup()
    const [one, other] = [[peer(1)], [peer(2)]]
    const first = table(one, from('a'))
    expect(first).to.deep.equal({ peers: one, caller: 'a' })
    expect(table(one, from('a'))).to.equal(first)
    expect(table(one, from('b'))).to.not.equal(first)
    expect(table(other, from('a')).peers).to.equal(other)
    expect(built).to.deep.equal(['a', 'b', 'a'])
  })

  it('tells a label that is absent from one that is not', () => {
    const { built, table } = setup()
    const peers = [peer(1)]
    for (let i = 0; i < 2; i++) {
      table(peers, call())
      table(peers, from('undefined'))
    }
    expect(built).to.deep.equal([undefined, 'undefined'])
  })

  it('remembers 64 labels of a set, then begins anew', () => {
    const { built, table } = setup()
    const peers = [peer(1)]
    for (let i = 0; i < 64; i++) table(peers, from(`${i}`))
    for (let i = 0; i < 64; i++) table(peers, from(`${i}`))
    expect(built).to.have.length(64)
    table(peers, from('64'))
    expect(built).to.have.length(65)
    table(peers, from('64'))
    expect(built).to.have.length(65)
    table(peers, from('0'))
    expect(built).to.have.length(66)
  })
})
