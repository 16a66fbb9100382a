import { expect } from 'chai'
import fc from 'fast-check'
import { readPort, refuseHost, splitAddress } from '../src/address.ts'

describe('splitAddress()', () => {
  it('takes host and port apart', () => {
    expect(splitAddress('10.0.0.1:80')).to.deep.equal({ host: '10.0.0.1', port: '80' })
    expect(splitAddress('[2001:db8::1]:80')).to.deep.equal({ host: '2001:db8::1', port: '80' })
  })

  it('knows a host without a port', () => {
    for (const host of ['10.0.0.1', 'a.example', '2001:db8::1']) expect(splitAddress(host)).to.deep.equal({ host })
    expect(splitAddress('[::1]')).to.deep.equal({ host: '::1' })
  })

  it('answers something for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof splitAddress(text).host === 'string'))
  })
})

describe('readPort()', () => {
  it('takes whole numbers from 1 to 65535, as text too', () => {
    for (const port of [1, 80, 65_535]) {
      expect(readPort(port)).to.equal(port)
      expect(readPort(` ${port} `)).to.equal(port)
    }
  })

  it('takes nothing else', () => {
    const wrong = [
      0,
      -1,
      65_536,
      80.5,
      Number.NaN,
      '',
      '0',
      '65536',
      '8e1',
      '0x50',
      '80a',
      '1234567',
      null,
      undefined,
      [80],
      {},
    ]
    for (const port of wrong) expect(readPort(port), String(port)).to.equal(undefined)
  })
})

describe('refuseHost()', () => {
  it('lets addresses of one machine and host names pass', () => {
    const hosts = [
      '127.0.0.1',
      '10.0.0.1',
      '::1',
      '2001:db8::1',
      'fd00::1',
      'localhost',
      'a-1.example',
      'movie_1',
      'a1.b2',
    ]
    for (const host of hosts) expect(refuseHost(host, false), host).to.equal(undefined)
  })

  it('refuses link-local addresses in every spelling', () => {
    const hosts = [
      '169.254.169.254',
      '169.254.0.1',
      'fe80::1',
      'febf::1',
      '::ffff:169.254.169.254',
      '::ffff:a9fe:a9fe',
      'fd00:ec2::254',
    ]
    for (const host of hosts) expect(refuseHost(host, false), host).to.contain('link-local')
  })

  it('refuses IPv4 addresses dressed as IPv6', () => {
    for (const host of ['::ffff:10.0.0.1', '::10.0.0.1', '64:ff9b::a9fe:a9fe']) {
      expect(refuseHost(host, false), host).to.contain('dressed')
    }
  })

  it('lets both pass when any address may', () => {
    for (const host of ['169.254.169.254', 'fe80::1', '::ffff:10.0.0.1'])
      expect(refuseHost(host, true)).to.equal(undefined)
  })

  it('refuses addresses of no single machine, always', () => {
    for (const host of ['0.0.0.0', '0.1.2.3', '224.0.0.1', '255.255.255.255', '::', 'ff02::1', '::ffff:0.0.0.0']) {
      expect(refuseHost(host, true), host).to.contain('no address')
    }
  })

  it('refuses what a resolver would read as an IPv4 address of another form', () => {
    for (const host of ['2852039166', '0xa9fea9fe', '0251.0376.1', '169.254.43518', 'a.1', 'a.0x1', '1.2.3.4.5']) {
      expect(refuseHost(host, true), host).to.be.a('string')
    }
  })

  it('refuses what is no host', () => {
    const hosts = [
      '',
      ' ',
      'a b',
      'a..b',
      '-a',
      'a-',
      'a/b',
      'user@host',
      'a\n',
      'fe80::1%eth0',
      'x'.repeat(254),
      'ä',
      '.',
      'a.',
    ]
    for (const host of hosts) expect(refuseHost(host, true), host).to.be.a('string')
  })
})
