import { expect } from 'chai'
import { keep } from '../../src/sets/keep.ts'
import { peer } from '../parts.ts'

describe('keep', () => {
  const peers = [peer(1), peer(2), peer(3)]

  it('keeps those that fit, in their order', () => {
    expect(keep(peers, ({ record }) => record.port !== 20_002)).to.deep.equal([peers[0], peers[2]])
  })

  it('gives the very same array if nobody has to go', () => {
    expect(keep(peers, () => true)).to.equal(peers)
    expect(keep([], () => false)).to.deep.equal([])
  })
})
