import { expect } from 'chai'
import { allowedLookup, isAllowedAddress } from '../../src/dashboard/allowed-address.ts'

describe('isAllowedAddress', () => {
  it('refuses link-local addresses and metadata services, in every notation', () => {
    const refused = ['169.254.169.254', '169.254.0.1', 'fe80::1', 'febf::1', '::ffff:169.254.169.254', 'fd00:ec2::254']
    for (const address of refused) expect(isAllowedAddress(address), address).to.equal(false)
  })

  it('allows addresses that providers have', () => {
    for (const address of ['10.0.0.1', '127.0.0.1', '192.168.1.1', '8.8.8.8', '::1', 'fd00::1', '2001:db8::1']) {
      expect(isAllowedAddress(address), address).to.equal(true)
    }
  })
})

describe('allowedLookup', () => {
  const find = (host: string, all: boolean): Promise<unknown> =>
    new Promise((resolve, reject) => {
      allowedLookup(host, { all }, (error, address) => (error === null ? resolve(address) : reject(error)))
    })

  it('finds addresses that may be asked, one or all', async () => {
    expect(await find('127.0.0.1', false)).to.equal('127.0.0.1')
    expect(await find('127.0.0.1', true)).to.deep.equal([{ address: '127.0.0.1', family: 4 }])
  })

  it('finds nothing where a name leads to an address that may not be asked', async () => {
    const error = await find('169.254.169.254', true).catch((reason: unknown) => reason)
    expect(error).to.be.an('error').with.property('message', '169.254.169.254 has no address that may be asked')
  })
})
