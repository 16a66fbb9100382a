import { byLabel, chain, type Router } from '@kumquat/cluster'
import { LANE } from '@kumquat/core'
import { expect } from 'chai'
import { call, idsOf, peer } from './parts.ts'
import { routerContract } from './routers/contract.ts'

const minimumPort = (port: number): Router =>
  byLabel({
    label: () => port,
    keep: ({ record }, least) => record.port >= least,
    asks: (least) => `from port ${least}`,
  })

routerContract('a chain', () => chain(minimumPort(20_002), minimumPort(20_003)), [call()])

describe('chain', () => {
  const peers = [peer(1), peer(2), peer(3)]

  it('keeps everybody, in the very same array, if it is empty', () => {
    expect(chain()(peers, call())).to.equal(peers)
  })

  it('runs its routers left to right, each on what the one before it left', () => {
    const seen: string[][] = []
    const spy: Router = (left) => {
      seen.push([...idsOf(left)])
      return left.slice(1)
    }
    chain(spy, spy)(peers, call())
    expect(seen).to.deep.equal([
      ['10.0.0.1:20001', '10.0.0.1:20002', '10.0.0.1:20003'],
      ['10.0.0.1:20002', '10.0.0.1:20003'],
    ])
  })

  it('shows the steps of a chain of chains in one row', () => {
    const [a, b, c] = [minimumPort(1), minimumPort(2), minimumPort(3)] as const
    expect(chain(a, chain(b, c)).steps).to.deep.equal([a, b, c])
  })
})

describe('byLabel', () => {
  it('asks about each peer once for each label of a set', () => {
    let asked = 0
    const route = byLabel({
      label: ({ attachments }) => attachments[LANE],
      keep: () => {
        asked++
        return true
      },
      asks: (lane) => `in lane ${lane}`,
    })
    const peers = [peer(1), peer(2)]
    for (const lane of ['a', 'b', 'a', 'b']) route(peers, call({ attachments: { [LANE]: lane } }))
    expect(asked).to.equal(4)
    expect(route.asks?.(call({ attachments: { [LANE]: 'a' } }))).to.equal('in lane a')
  })

  it('stays small and right when every call brings a new label', () => {
    const route = byLabel({
      label: ({ attachments }) => attachments[LANE],
      keep: ({ record }, lane) => record.zone === lane,
      asks: () => '',
    })
    const peers = [peer(1, { zone: 'z7' }), peer(2)]
    const ask = (lane: string) => route(peers, call({ attachments: { [LANE]: lane } }))
    const before = ask('z7')
    for (let i = 0; i < 1_000; i++) expect(ask(`z${i}`)).to.have.length(i === 7 ? 1 : 0)
    // The first answer has been dropped for newer ones: made anew, and equal.
    expect(ask('z7')).to.deep.equal(before)
    expect(ask('z7')).to.not.equal(before)
  })

  it('hands on the very array if nobody has to go', () => {
    const peers = [peer(1), peer(2)]
    expect(minimumPort(20_001)(peers, call())).to.equal(peers)
    expect(minimumPort(20_002)(peers, call())).to.deep.equal([peers[1]])
  })

  it('says why a peer is not left, if it was told how', () => {
    expect(minimumPort(1)).to.not.have.property('why')
    const route = byLabel({
      label: ({ caller }) => caller,
      keep: () => false,
      asks: () => '',
      why: ({ record }, caller) => `${record.id} does not like ${caller}`,
    })
    expect(route.why?.(peer(1), call({ caller: 'shop' }))).to.equal('10.0.0.1:20001 does not like shop')
  })
})
