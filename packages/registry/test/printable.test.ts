import { expect } from 'chai'
import fc from 'fast-check'
import { printable } from '../src/printable.ts'

describe('printable()', () => {
  it('quotes', () => {
    expect(printable('a "b"')).to.equal('"a \\"b\\""')
  })

  it('cuts what is too long', () => {
    expect(printable('abcdef', 3)).to.equal('"abc…"')
  })

  it('leaves no character that could end the line, move the cursor or turn the direction', () => {
    expect(printable('a\r\n\u001b[2J\u009b\u2028\u202e\u200b')).to.equal(
      '"a\\r\\n\\u001b[2J\\u009b\\u2028\\u202e\\u200b"',
    )
    const text = fc.string({ unit: 'binary' })
    fc.assert(fc.property(text, (value) => !/[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/u.test(printable(value))))
  })
})
