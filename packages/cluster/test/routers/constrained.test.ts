import { constrained, type Peers } from '@kumquat/cluster'
import type { Constraints } from '@kumquat/core'
import { expect } from 'chai'
import { call, peer } from '../parts.ts'
import { routerContract } from './contract.ts'

const asking = (constraints: Constraints) => call({ constraints })
routerContract('constrained', constrained, [
  call(),
  asking({}),
  asking({ version: '^2' }),
  asking({ version: 'V2', tags: { tag: 'green' } }),
])

describe('constrained', () => {
  const old = peer(1, { version: '2.0.0', tags: { disk: 'hdd' } })
  const fresh = peer(2, { version: '2.1.0', tags: { disk: 'ssd', size: 'xl' } })
  const next = peer(3, { version: '3.0.0', tags: { disk: 'ssd' } })
  const peers = [old, fresh, next]
  const left = (constraints: Constraints): Peers => constrained()(peers, asking(constraints))

  it('lets a call that asks for nothing go anywhere, in the very same array', () => {
    expect(constrained()(peers, call())).to.equal(peers)
    expect(left({})).to.equal(peers)
    expect(left({ tags: {} })).to.equal(peers)
  })

  it('keeps a call on the versions that it asks for', () => {
    expect(left({ version: '^2.0' })).to.deep.equal([old, fresh])
    expect(left({ version: '3.0.0' })).to.deep.equal([next])
    expect(left({ version: 'V1' })).to.deep.equal([])
  })

  it('keeps a call on peers with every tag that it asks for', () => {
    expect(left({ tags: { disk: 'ssd' } })).to.deep.equal([fresh, next])
    expect(left({ tags: { disk: 'ssd', size: 'xl' } })).to.deep.equal([fresh])
    expect(left({ tags: { disk: 'ssd', size: 's' } })).to.deep.equal([])
    expect(left({ version: '^3', tags: { disk: 'ssd' } })).to.deep.equal([next])
    expect(left({ tags: { constructor: 'x' } })).to.deep.equal([])
  })

  it('gives the very same array for equal constraints, however they are written', () => {
    const route = constrained()
    const first = route(peers, asking({ version: '^2', tags: { disk: 'ssd', size: 'xl' } }))
    expect(route(peers, asking({ tags: { size: 'xl', disk: 'ssd' }, version: '^2' }))).to.equal(first)
    const again = { tags: { size: 'xl', disk: 'ssd' }, version: '^2' }
    for (let i = 0; i < 2; i++) expect(route(peers, asking(again))).to.equal(first)
    expect(route(peers, asking({ tags: { disk: 'ssd', size: 'xl' } }))).to.not.equal(first)
  })

  it('stays right when every call asks for something new', () => {
    const route = constrained()
    for (let i = 0; i < 200; i++) {
      expect(route(peers, asking({ version: `^2.${i % 3}` }))).to.deep.equal([[old, fresh], [fresh], []][i % 3])
      expect(route(peers, asking({ tags: { n: String(i) } }))).to.deep.equal([])
    }
  })

  it('says what it asks, and what a peer has instead', () => {
    const route = constrained()
    const words = (constraints: Constraints) => route.asks?.(asking(constraints))
    expect(route.asks?.(call())).to.equal('without constraints')
    expect(words({})).to.equal('without constraints')
    expect(words({ version: '^2' })).to.equal('of version "^2"')
    expect(words({ version: '^2', tags: { disk: 'ssd', size: 'xl' } })).to.equal(
      'of version "^2" and with tag disk "ssd" and with tag size "xl"',
    )
    const why = (constraints: Constraints) => route.why?.(old, asking(constraints))
    expect(why({ version: '^3', tags: { disk: 'ssd' } })).to.equal('its version is "2.0.0"')
    expect(why({ tags: { disk: 'ssd' } })).to.equal('its tag disk is "hdd"')
    expect(why({ tags: { disk: 'hdd', size: 'xl' } })).to.equal('it has no tag size')
    expect(why({})).to.equal('it fits')
  })
})
