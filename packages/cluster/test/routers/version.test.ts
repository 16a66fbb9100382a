import { type Peers, version } from '@kumquat/cluster'
import { expect } from 'chai'
import { call, idsOf, peer } from '../parts.ts'
import { routerContract } from './contract.ts'

routerContract('version', () => version({ version: 'V2' }), [call()])
routerContract('version of a range', () => version({ version: '^2.0' }), [call()])

describe('version', () => {
  const of = (...versions: readonly string[]): Peers => versions.map((one, n) => peer(n, { version: one }))
  const kept = (wanted: string, ...versions: readonly string[]): readonly string[] =>
    version({ version: wanted })(of(...versions), call()).map(({ record }) => record.version)

  it('keeps peers of that version only; one that names none is not of it', () => {
    const peers = [peer(1, { version: 'V1' }), peer(2, { version: 'V2' }), peer(3), peer(4, { version: 'V2' })]
    expect(idsOf(version({ version: 'V2' })(peers, call()))).to.deep.equal(['10.0.0.1:20002', '10.0.0.1:20004'])
  })

  it('hands on the very array if nobody has to go', () => {
    const peers = of('V2', 'V2')
    expect(version({ version: 'V2' })(peers, call())).to.equal(peers)
  })

  it('reads a range as npm does', () => {
    const all = ['1.9.9', '2.0.0', '2.1.0', '2.9.0', '3.0.0', '4.2.0', '2.5.0-rc.1', 'V2', '2', '', 'latest']
    expect(kept('^2.1', ...all)).to.deep.equal(['2.1.0', '2.9.0'])
    expect(kept('~2.1', ...all)).to.deep.equal(['2.1.0'])
    expect(kept('>=2.9 <4 || 4.x', ...all)).to.deep.equal(['2.9.0', '3.0.0', '4.2.0'])
    expect(kept('2.0.0 - 2.1', ...all)).to.deep.equal(['2.0.0', '2.1.0'])
    expect(kept('*', ...all)).to.deep.equal(['1.9.9', '2.0.0', '2.1.0', '2.9.0', '3.0.0', '4.2.0'])
  })

  it('keeps who advertises the very letters of a range, too', () => {
    expect(kept('2', '2', '2.4.0', '3', '22')).to.deep.equal(['2', '2.4.0'])
    expect(kept('v1', 'v1', '1.4.0', 'v1.2.0', 'V1')).to.deep.equal(['v1', '1.4.0', 'v1.2.0'])
  })

  it('matches a full version, and what is no version, to the letter', () => {
    expect(kept('2.1.0', '2.1.0', 'v2.1.0', '2.1.0+build', '=2.1.0', '2.1.1')).to.deep.equal(['2.1.0'])
    expect(kept('V1', 'V1', 'v1', '1.0.0', 'V1.0.0')).to.deep.equal(['V1'])
    expect(kept('latest', 'latest', '1.0.0', '')).to.deep.equal(['latest'])
    expect(kept('^x^', '^x^', '1.0.0')).to.deep.equal(['^x^'])
    expect(kept('', '', '1.0.0', 'V1')).to.deep.equal([''])
  })

  it('parses no range of more than 256 characters', () => {
    const range = (length: number): string => '1.0.0'.padEnd(length - 9, ' ').concat('|| 2.0.0 ')
    expect(range(256)).to.have.length(256)
    expect(kept(range(256), '2.0.0', range(256))).to.deep.equal(['2.0.0', range(256)])
    expect(kept(range(257), '2.0.0', range(257))).to.deep.equal([range(257)])
  })

  it('says what it asks, and what a peer has instead', () => {
    const route = version({ version: '^2' })
    expect(route.asks?.(call())).to.equal('of version "^2"')
    expect(route.why?.(peer(1, { version: 'V1' }), call())).to.equal('its version is "V1"')
  })
})
