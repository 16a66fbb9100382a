import { expect } from 'chai'
import { assertCallOptions } from '../../src/client/call-options.ts'

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
  it('are anything else', () => {
    const options = { timeoutMs: 1, lane: 'gray', attachments: { user: 'ann' }, signal: new AbortController().signal }
    expect(assertCallOptions(options)).to.equal(options)
  })
})
