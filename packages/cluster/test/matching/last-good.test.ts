import { Cell } from '@kumquat/core'
import { expect } from 'chai'
import { lastGood } from '../../src/matching/last-good.ts'

describe('lastGood', () => {
  const none = (): void => {}

  it('reads a rule once, and again only when it changes', () => {
    const rule = new Cell(1)
    let reads = 0
    const read = lastGood(
      rule,
      (value) => {
        reads++
        return value * 10
      },
      none,
    )
    expect(reads).to.equal(1)
    for (let i = 0; i < 3; i++) expect(read()).to.equal(10)
    expect(reads).to.equal(1)
    rule.set(2)
    for (let i = 0; i < 3; i++) expect(read()).to.equal(20)
    expect(reads).to.equal(2)
  })

  it('throws the mistake of the first rule', () => {
    const fail = (): never => {
      throw new TypeError('bad rule')
    }
    expect(() => lastGood(new Cell(1), fail, none)).to.throw(TypeError, 'bad rule')
  })

  it('keeps the last good one over mistakes, each told once', () => {
    const rule = new Cell(1)
    const errors: unknown[] = []
    const odd = (value: number): number => {
      if (value % 2 === 0) throw new TypeError(`${value} is even`)
      return value
    }
    const read = lastGood(rule, odd, (error) => errors.push(error))
    rule.set(2)
    for (let i = 0; i < 3; i++) expect(read()).to.equal(1)
    rule.set(4)
    expect(read()).to.equal(1)
    rule.set(3)
    expect(read()).to.equal(3)
    expect(errors.map(String)).to.deep.equal(['TypeError: 2 is even', 'TypeError: 4 is even'])
  })
})
