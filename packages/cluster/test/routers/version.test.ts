import { version } from '@kumquat/cluster'
import { expect } from 'chai'
import { call, idsOf, peer } from '../parts.ts'
import { routerContract } from './contract.ts'

routerContract('version', () => version({ version: 'V2' }), [call()])

describe('version', () => {
  it('keeps peers of that version only; one that names none is not of it', () => {
    const peers = [peer(1, { version: 'V1' }), peer(2, { version: 'V2' }), peer(3), peer(4, { version: 'V2' })]
    expect(idsOf(version({ version: 'V2' })(peers, call()))).to.deep.equal(['10.0.0.1:20002', '10.0.0.1:20004'])
  })

  it('hands on the very array if nobody has to go', () => {
    const peers = [peer(1, { version: 'V2' }), peer(2, { version: 'V2' })]
    expect(version({ version: 'V2' })(peers, call())).to.equal(peers)
  })
})
