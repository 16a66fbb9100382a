import { expect } from 'chai'
import { assertCallOptions, type CallOptions } from '../../src/client/call-options.ts'

describe('call options', () => {
  for (const timeoutMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
    it(`refuse a timeout of ${timeoutMs}`, () => {
      expect(() => assertCallOptions({ timeoutMs })).to.throw(
        RangeError,
        `timeoutMs must be from 1 to 2147483647 ms, got ${timeoutMs}`,
      )
    })
  }
  it('refuse what cannot travel', () => {
    expect(() => assertCallOptions({ attachments: { 'a b': '' } })).to.throw(TypeError, '"a b"')
    expect(() => assertCallOptions({ lane: 7 as never })).to.throw(TypeError, '"lane" must be a string')
  })
  it('refuse constraints that nobody could meet', () => {
    const refusal = (constraints: object) => () => assertCallOptions({ constraints })
    expect(refusal({ version: '' })).to.throw(TypeError, 'constraints.version "" is no version or range such as "^2.1"')
    expect(refusal({ version: 2 })).to.throw(TypeError, 'constraints.version 2 is no version')
    expect(refusal({ tags: { disk: 1 } })).to.throw(TypeError, 'constraints.tags.disk must be a string, got 1')
    expect(refusal({ version: '^2', tags: { disk: '' } })).not.to.throw()
  })
  it('refuse a key that is none', () => {
    const refusal = (key: unknown) => () => assertCallOptions({ key: key as string })
    expect(refusal('')).to.throw(RangeError, 'key must have 1 to 1024 characters, got 0')
    expect(refusal('x'.repeat(1_025))).to.throw(RangeError, 'key must have 1 to 1024 characters, got 1025')
    expect(refusal(42)).to.throw(TypeError, 'key must be a string, got 42')
    for (const key of ['x', 'x'.repeat(1_024), ' ', 'ä']) expect(refusal(key)).not.to.throw()
  })
  for (const peer of [
    '',
    '*',
    '10.0.0.1',
    '10.0.0.1:0',
    '10.0.0.1:65536',
    ':80',
    'http://a:80',
    'a b:80',
    'fd00::7:80',
    7,
  ]) {
    it(`refuse the peer ${JSON.stringify(peer)}`, () => {
      expect(() => assertCallOptions({ peer: peer as string })).to.throw(
        TypeError,
        `peer ${JSON.stringify(peer)} is not an address such as "10.0.0.7:20080"`,
      )
    })
  }
  it('take a peer as its record is named', () => {
    for (const peer of ['10.0.0.1:1', 'movies-1.local:65535', '[fd00::7]:20080']) assertCallOptions({ peer })
  })
  it('are anything else', () => {
    const options = { timeoutMs: 1, lane: 'gray', attachments: { user: 'ann' }, signal: new AbortController().signal }
    expect(assertCallOptions(options)).to.equal(options)
  })

  it('refuse an option that there is not, and name the one that was meant', () => {
    const asked = (options: object) => () => assertCallOptions(options as CallOptions)
    expect(asked({ timeout: 5 })).to.throw(TypeError, 'a call has no option "timeout", did you mean "timeoutMs"?')
    expect(asked({ retries: 5 })).to.throw(
      TypeError,
      'a call has no option "retries" (there is: timeoutMs, signal, lane',
    )
    expect(asked(Object.create({ constructor: 1, ...{ toString: 1 } }))).to.throw(TypeError, 'no option')
  })
})
