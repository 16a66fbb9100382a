import { expect } from 'chai'
import { fields, flag, list, number, object, oneOf, percent, shown, text } from '../../src/matching/checked.ts'

describe('reading a rule', () => {
  it('takes an object of known fields', () => {
    const source = { a: 1 }
    expect(fields(source, 'rule', ['a', 'b'])).to.equal(source)
    expect(fields({}, 'rule', ['a'])).to.deep.equal({})
    expect(() => fields({ a: 1, c: 2 }, 'rule', ['a', 'b'])).to.throw(
      TypeError,
      'rule has no field "c": known are a, b',
    )
    expect(() => fields(JSON.parse('{"__proto__":1}'), 'rule', ['a'])).to.throw(
      TypeError,
      'rule has no field "__proto__"',
    )
  })

  it('takes nothing else for an object', () => {
    for (const [value, words] of [
      [null, 'null'],
      [undefined, 'undefined'],
      [[], 'a list of 0'],
      ['a', '"a"'],
      [5n, '5'],
      [() => 1, 'a function'],
    ] as const) {
      expect(() => object(value, 'rule')).to.throw(TypeError, `rule must be an object, got ${words}`)
      expect(() => fields(value, 'rule', [])).to.throw(TypeError, `rule must be an object, got ${words}`)
    }
  })

  it('takes a list of at most 1 000', () => {
    expect(list([1], 'x')).to.deep.equal([1])
    expect(list(new Array(1_000), 'x')).to.have.length(1_000)
    expect(() => list(new Array(1_001), 'x')).to.throw(
      TypeError,
      'x must be a list of at most 1000, got a list of 1001',
    )
    expect(() => list({ length: 1 }, 'x')).to.throw(TypeError, 'got an object')
  })

  it('takes a text of at most 1 000 characters', () => {
    expect(text('', 'x')).to.equal('')
    expect(text('x'.repeat(1_000), 'x')).to.have.length(1_000)
    expect(text(undefined, 'x', 'default')).to.equal('default')
    expect(text('given', 'x', 'default')).to.equal('given')
    expect(() => text('x'.repeat(1_001), 'x')).to.throw(
      TypeError,
      'x must be a text of at most 1000 characters, got "xxx',
    )
    expect(() => text(undefined, 'x')).to.throw(TypeError, 'got undefined')
    expect(() => text(null, 'x', 'default')).to.throw(TypeError, 'got null')
  })

  it('takes a flag', () => {
    expect(flag(undefined, 'x', true)).to.equal(true)
    expect(flag(undefined, 'x', false)).to.equal(false)
    expect(flag(false, 'x', true)).to.equal(false)
    expect(flag(true, 'x', false)).to.equal(true)
    for (const value of ['true', 1, null]) {
      expect(() => flag(value, 'x', true)).to.throw(TypeError, `x must be true or false, got ${JSON.stringify(value)}`)
    }
  })

  it('takes a number between its ends', () => {
    expect(number(1, 'x', 1, 2)).to.equal(1)
    expect(number(2, 'x', 1, 2)).to.equal(2)
    expect(number(undefined, 'x', 1, 2, 1.5)).to.equal(1.5)
    for (const value of [0.99, 2.01, Number.NaN, '1', null, undefined]) {
      expect(() => number(value, 'x', 1, 2)).to.throw(TypeError, `x must be a number from 1 to 2, got ${shown(value)}`)
    }
  })

  it('takes a percentage of at most two decimals', () => {
    for (const good of [0, 0.01, 0.07, 0.29, 1.15, 33.33, 99.99, 100]) expect(percent(good, 'x')).to.equal(good)
    expect(percent(undefined, 'x', 5)).to.equal(5)
    for (const bad of [-0.01, 100.01, '5', Number.NaN]) {
      expect(() => percent(bad, 'x')).to.throw(TypeError, `x must be a number from 0 to 100, got ${shown(bad)}`)
    }
    for (const bad of [0.001, 33.333, 99.999]) {
      expect(() => percent(bad, 'x')).to.throw(TypeError, `x must have at most two decimals, got ${bad}`)
    }
  })

  it('takes every percentage of two decimals', () => {
    for (let share = 0; share <= 10_000; share++) expect(Math.round(percent(share / 100, 'x') * 100)).to.equal(share)
  })

  it('takes one of a few words', () => {
    expect(oneOf('a', 'x', ['a', 'b'])).to.equal('a')
    expect(oneOf(undefined, 'x', ['a', 'b'], 'b')).to.equal('b')
    for (const value of ['c', undefined, null, ['a']]) {
      expect(() => oneOf(value, 'x', ['a', 'b'])).to.throw(TypeError, `x must be one of a, b, got ${shown(value)}`)
    }
  })

  it('shows a value in few letters', () => {
    expect(shown('a"b')).to.equal('"a\\"b"')
    expect(shown('x'.repeat(60))).to.equal(`"${'x'.repeat(60)}"`)
    expect(shown('x'.repeat(61))).to.equal(`"${'x'.repeat(60)}…"`)
    expect(shown(Symbol('s'))).to.equal('Symbol(s)')
  })
})
