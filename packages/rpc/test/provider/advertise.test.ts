import { advertisedAddress } from '@kumquat/rpc'
import { expect } from 'chai'
import { parseAddress } from '../../src/provider/advertise.ts'

const address = (family: 'IPv4' | 'IPv6', address: string, internal = false) => ({
  ...{ family, address, internal, netmask: '', mac: '', cidr: null },
  ...(family === 'IPv6' && { scopeid: 0 }),
})
const interfaces = () =>
  ({
    lo: [address('IPv4', '127.0.0.1', true)],
    eth0: [address('IPv6', 'fd00::7'), address('IPv4', '169.254.1.1'), address('IPv4', '10.0.0.7')],
    eth1: [address('IPv4', '10.0.0.8')],
  }) as never

describe('the advertised address', () => {
  const port = 20080
  it('is what was told, with the port bound unless it names one', () => {
    const bound = { host: '0.0.0.0', port }
    expect(advertisedAddress({ advertise: 'shop.example', bound })).to.deep.equal({ host: 'shop.example', port })
    expect(advertisedAddress({ advertise: '10.1.1.1:81', bound })).to.deep.equal({ host: '10.1.1.1', port: 81 })
    expect(advertisedAddress({ advertise: '[fd00::1]:81', bound })).to.deep.equal({ host: 'fd00::1', port: 81 })
    expect(advertisedAddress({ advertise: 'fd00::1', bound })).to.deep.equal({ host: 'fd00::1', port })
  })
  it('is the host bound to', () => {
    const bound = { host: '10.0.0.9', port }
    expect(advertisedAddress({ bound, interfaces })).to.deep.equal(bound)
  })
  for (const host of ['0.0.0.0', '::']) {
    it(`is the first IPv4 address others can reach, bound to ${host}`, () => {
      expect(advertisedAddress({ bound: { host, port }, interfaces })).to.deep.equal({ host: '10.0.0.7', port })
    })
  }
  it('is 127.0.0.1 on a machine without a network', () => {
    const alone = () => ({ lo: [address('IPv4', '127.0.0.1', true)] }) as never
    expect(advertisedAddress({ bound: { host: '0.0.0.0', port }, interfaces: alone }).host).to.equal('127.0.0.1')
  })
  for (const bad of [
    '',
    '0.0.0.0',
    '[::]:80',
    '10.0.0.1:0',
    '10.0.0.1:99999',
    'a b',
    'http://10.0.0.1',
    'user@host',
    '10.0.0.1:x',
  ]) {
    it(`is not ${JSON.stringify(bad)}`, () => {
      expect(() => parseAddress(bad, port)).to.throw(TypeError, JSON.stringify(bad))
    })
  }
})
