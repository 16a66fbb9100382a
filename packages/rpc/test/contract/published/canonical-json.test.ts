import { createHash } from 'node:crypto'
import { contractHash } from '@kumquat/rpc'
import { expect } from 'chai'
import fc from 'fast-check'
import { canonicalJson } from '../../../src/contract/published/canonical-json.ts'

describe('canonical JSON', () => {
  it('is as the example of RFC 8785 has it', () => {
    const value = {
      numbers: [1e30, 4.5, 2e-3, 1e-27],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\\\"\u002f',
      literals: [null, true, false],
    }
    expect(canonicalJson(value)).to.equal(
      '{"literals":[null,true,false],"numbers":[1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\\\\\"/"}',
    )
  })

  it('sorts keys by code units, as RFC 8785 has it', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6']
    const sorted = Object.keys(JSON.parse(canonicalJson(Object.fromEntries(keys.map((key) => [`k${key}`, 0])))))
    expect(sorted).to.deep.equal(
      ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'].map((key) => `k${key}`),
    )
  })

  it('says the same as JSON, and for equal values the same', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, member]) => [key, shuffled(member)]),
      )
    }
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        expect(JSON.parse(text)).to.deep.equal(JSON.parse(JSON.stringify(value)))
        expect(canonicalJson(shuffled(value))).to.equal(text)
      }),
    )
  })

  it('is what the name of a contract is the hash of', () => {
    const document = { b: 1, a: [{ d: 2, c: 3 }] }
    const digest = createHash('sha256').update('{"a":[{"c":3,"d":2}],"b":1}').digest('hex')
    expect(contractHash(document)).to.equal(`sha256-${digest}`)
  })
})
