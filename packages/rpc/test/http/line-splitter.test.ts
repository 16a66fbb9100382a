import { expect } from 'chai'
import fc from 'fast-check'
import { LineSplitter } from '../../src/http/line-splitter.ts'

describe('a line splitter', () => {
  it('finds the same lines however the bytes are cut', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ''))
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat({ max: 9 })), (lines, cuts) => {
        const splitter = new LineSplitter(10_000)
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''))
        const seen: string[] = []
        let from = 0
        for (const cut of cuts) {
          seen.push(...splitter.push(bytes.subarray(from, from + cut)))
          from += cut
        }
        seen.push(...splitter.push(bytes.subarray(from)))
        expect(seen).to.deep.equal(lines.filter((text) => text !== ''))
      }),
    )
  })

  it('keeps a line at the limit, in pieces too, and throws on a byte more before the line is whole', () => {
    expect(new LineSplitter(4).push(Buffer.from('1234\n'))).to.deep.equal(['1234'])
    const splitter = new LineSplitter(4)
    expect(splitter.push(Buffer.from('12'))).to.deep.equal([])
    expect(splitter.push(Buffer.from('34\n1234'))).to.deep.equal(['1234'])
    expect(() => splitter.push(Buffer.from('5'))).to.throw(RangeError, 'longer than 4 bytes')
    expect(() => new LineSplitter(4).push(Buffer.from('12345\n'))).to.throw(RangeError)
  })

  it('gives out no part of a line', () => {
    expect(new LineSplitter(10).push(Buffer.from('{"item":'))).to.deep.equal([])
  })
})
