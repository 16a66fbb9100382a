import { expect } from 'chai'
import fc from 'fast-check'
import { assertAttachments, formatBaggage, parseBaggage } from '../../src/context/attachments.ts'

const key = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/)
const value = fc.string({ unit: 'grapheme', maxLength: 40 })

describe('baggage', () => {
  it('carries every attachment that is allowed', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 8, noNullPrototype: true }), (attachments) => {
        assertAttachments(attachments)
        const header = formatBaggage(attachments)
        expect(header).to.match(/^[\x20-\x7e]*$/)
        expect(parseBaggage(header)).to.deep.equal(attachments)
      }),
    )
  })

  it('is read without an error whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (header) => {
        for (const [name, text] of Object.entries(parseBaggage(header))) {
          expect(name).to.match(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/)
          expect(text).to.be.a('string')
        }
      }),
    )
  })

  it('is read as W3C writes it: spaces, properties, and members that make no sense left out', () => {
    const header = ' lane = gray ;meta=1;x , bad key=1, =2, broken=%E0%A4%A, user=J%C3%BCrgen ,noequals'
    expect(parseBaggage(header)).to.deep.equal({ lane: 'gray', user: 'Jürgen' })
  })

  it('does not touch a prototype', () => {
    const read = parseBaggage('__proto__=x,constructor=y')
    expect(Object.keys(read)).to.deep.equal(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(read)).to.equal(Object.prototype)
    expect(({} as { x?: unknown }).x).to.equal(undefined)
  })

  it('is ignored when it is longer than W3C allows', () => {
    expect(parseBaggage(`a=${'x'.repeat(8_200)}`)).to.deep.equal({})
    expect(Object.keys(parseBaggage(Array.from({ length: 200 }, (_, i) => `k${i}=v`).join(',')))).to.have.length(64)
  })
})

describe('attachments', () => {
  for (const [what, attachments, message] of [
    ['a key that is no token', { 'a b': '1' }, '"a b"'],
    ['a value that is no string', { user: 7 as never }, '"user" must be a string, got number'],
    ['half a surrogate pair', { user: '\ud800' }, '"user" holds half a surrogate pair'],
    ['more than 8 KiB', { user: 'ä'.repeat(1_500) }, '9005 bytes'],
    ['too many', Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, ''])), 'at most 64'],
  ] as const) {
    it(`are refused with ${what}`, () => {
      expect(() => assertAttachments(attachments)).to.throw(TypeError, message)
    })
  }
})
