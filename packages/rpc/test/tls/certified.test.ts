import { Socket } from 'node:net'
import { expect } from 'chai'
import { alternativeNames, certifiedNames } from '../../src/tls/certified.ts'

describe('the names in a certificate', () => {
  for (const [text, names] of [
    ['', []],
    ['DNS:shop.test', ['shop.test']],
    ['DNS:a.test, DNS:*.b.test', ['a.test', '*.b.test']],
    ['URI:spiffe://shop/web, IP Address:10.0.0.7, email:a@b.test', ['spiffe://shop/web', '10.0.0.7', 'a@b.test']],
    ['IP Address:FD00:0:0:0:0:0:0:7', ['FD00:0:0:0:0:0:0:7']],
    // One name that contains what looks like a second: Node quotes it since CVE-2021-44532.
    ['DNS:"a.test, DNS:admin"', ['a.test, DNS:admin']],
    ['URI:"x\\"y, DNS:admin", DNS:c', ['x"y, DNS:admin', 'c']],
    ['DNS:"broken \\x", DNS:c', ['c']],
    ['othername:<unsupported>, DNS:c', ['c']],
    ['DNS:', []],
  ] as const) {
    it(`are ${JSON.stringify(names)} of ${text || 'nothing'}`, () => {
      expect(alternativeNames(text)).to.deep.equal(names)
    })
  }
  it('are none on a connection without TLS', () => {
    expect(certifiedNames(new Socket())).to.deep.equal([])
  })
})
