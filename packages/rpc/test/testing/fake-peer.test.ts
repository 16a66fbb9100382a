import { leastLoaded, pending } from '@kumquat/cluster'
import { providerRecord } from '@kumquat/core'
import { fakeEndpoints, fakePeer, fakePeers } from '@kumquat/rpc/testing'
import { expect } from 'chai'
import { calling } from '../serving.ts'

describe('fakePeer()', () => {
  it('is one of a row, open and idle, and answers with its id', async () => {
    const peer = fakePeer(3, { zone: 'eu' })
    expect(peer.record).to.deep.equal(providerRecord({ host: '10.0.0.1', port: 20_003, zone: 'eu' }))
    expect(peer.status).to.equal('open')
    expect(peer.load(pending)).to.equal(0)
    expect(await peer.invoke(calling('get'))).to.deep.equal({ value: '10.0.0.1:20003' })
  })

  it('does and is as told, and notes what it was asked', async () => {
    const peer = fakePeer(0)
    peer.status = 'busy'
    peer.busyness = 7
    peer.answer = async ({ method }) => ({ value: method })
    expect(peer.load(pending)).to.equal(7)
    expect(await peer.invoke(calling('rent', [1]))).to.deep.equal({ value: 'rent' })
    expect(peer.calls.map(({ args }) => args)).to.deep.equal([[1]])
  })

  it('comes by weights, for a balancer', () => {
    const [light, heavy] = fakePeers(100, 300)
    expect([light!.record.weight, heavy!.record.weight]).to.deep.equal([100, 300])
    light!.busyness = 2
    heavy!.busyness = 3
    expect(leastLoaded()([light!, heavy!], calling('get'))).to.equal(heavy)
  })
})

describe('fakeEndpoints()', () => {
  it('are lines that answer, show a status, and note who opened and closed them', async () => {
    const lines = fakeEndpoints()
    const one = lines.connect(providerRecord({ host: 'a', port: 1 }))
    lines.connect(providerRecord({ host: 'b', port: 1 }))
    expect(await one.invoke(calling('get'))).to.deep.equal({ value: 'a:1' })
    lines.answer = async (id, { method }) => ({ value: `${method} of ${id}` })
    expect(await one.invoke(calling('get'))).to.deep.equal({ value: 'get of a:1' })
    expect(one.status).to.equal('open')
    lines.status.set('a:1', 'closed')
    expect(one.status).to.equal('closed')
    await one[Symbol.asyncDispose]()
    expect([lines.opened, lines.closed]).to.deep.equal([['a:1', 'b:1'], ['a:1']])
  })
})
