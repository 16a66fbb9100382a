import type { Invocation } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { valuePattern } from '../../src/matching/value-pattern.ts'
import { call } from '../parts.ts'

const fits = (source: unknown, value: string | undefined, invocation: Invocation = call()): boolean =>
  valuePattern(source, 'x').matches(value, invocation)
const mistakeOf = (source: unknown): string => {
  try {
    valuePattern(source, 'rules[1].when["caller"]')
  } catch (error) {
    if (error instanceof TypeError) return error.message
  }
  throw new Error(`expected a TypeError for ${String(source)}`)
}

describe('a value pattern', () => {
  it('means a text to the letter', () => {
    expect(fits('shop', 'shop')).to.equal(true)
    for (const other of ['Shop', 'sho', 'shops', ' shop', '']) expect(fits('shop', other), other).to.equal(false)
  })

  it('means numbers and flags as they are written', () => {
    expect(fits(7, '7')).to.equal(true)
    expect(fits(7, '7.0')).to.equal(false)
    expect(fits(true, 'true')).to.equal(true)
    expect(fits(false, 'true')).to.equal(false)
  })

  it('lets anything stand at a star, the empty text too, and nothing else', () => {
    const table: readonly [string, readonly string[], readonly string[]][] = [
      ['*', ['', 'a', '*'], []],
      ['a*', ['a', 'ab', 'a*'], ['', 'ba']],
      ['*a', ['a', 'ba'], ['', 'ab']],
      ['a*a', ['aa', 'aba'], ['a', 'ab', 'ba']],
      ['a*b*c', ['abc', 'axbxc', 'abbcc', 'abcbc'], ['acb', 'ac', 'ab', 'bc']],
      ['*b*', ['b', 'abc', 'bb'], ['', 'ac']],
      ['**', ['', 'a'], []],
      ['a**b', ['ab', 'axb'], ['a', 'b']],
      // The middle piece must not overlap what comes before it or after it.
      ['ab*bc*cd', ['abbccd', 'ab.bc.cd'], ['abcd', 'abbcd', 'abccd']],
      ['10.0.*', ['10.0.', '10.0.3.4'], ['10.1.0.0', '110.0.1']],
    ]
    for (const [pattern, good, bad] of table) {
      for (const value of good) expect(fits(pattern, value), `${pattern} ${value}`).to.equal(true)
      for (const value of bad) expect(fits(pattern, value), `${pattern} ${value}`).to.equal(false)
    }
  })

  it('reads stars as a plain search of all ways to cut the text would', () => {
    const slow = (pattern: string, value: string): boolean => {
      if (pattern === '') return value === ''
      if (pattern[0] !== '*') return pattern[0] === value[0] && slow(pattern.slice(1), value.slice(1))
      return slow(pattern.slice(1), value) || (value !== '' && slow(pattern, value.slice(1)))
    }
    const letters = (of: string, maxLength: number) =>
      fc.array(fc.constantFrom(...of), { maxLength }).map((some) => some.join(''))
    fc.assert(
      fc.property(letters('ab*', 7), letters('ab', 8), (pattern, value) => {
        fc.pre(pattern !== '')
        expect(fits(pattern, value)).to.equal(slow(pattern, value))
      }),
      { numRuns: 2_000 },
    )
  })

  it('searches no text of more than 10 000 characters', () => {
    const long = 'a'.repeat(10_000)
    expect(fits('*a*', long)).to.equal(true)
    expect(fits('*a*', `${long}a`)).to.equal(false)
    for (const simple of ['*', '**', 'a*', '*a', 'a*a']) expect(fits(simple, `${long}a`), simple).to.equal(true)
  })

  it('keeps numbers within a range, ends included', () => {
    const table: readonly [string, readonly string[], readonly string[]][] = [
      ['1~100', ['1', '100', '1.0', '50.5', '1e2', '1E1', '10e-1', '1e+1'], ['0', '0.99', '101', '100.01', '-1']],
      ['1~', ['1', '1000000'], ['0.9', '-1']],
      ['~100', ['100', '0', '-5'], ['100.1']],
      ['-5~-1', ['-5', '-1', '-3.5'], ['-6', '0', '5']],
      ['0.5~1.5', ['0.5', '1.5'], ['0.49', '1.51']],
      ['7~7', ['7'], ['6', '8']],
    ]
    for (const [pattern, good, bad] of table) {
      for (const value of good) expect(fits(pattern, value), `${pattern} ${value}`).to.equal(true)
      for (const value of bad) expect(fits(pattern, value), `${pattern} ${value}`).to.equal(false)
    }
  })

  it('takes nothing for a number that only looks like one', () => {
    for (const value of ['', ' 5', '5 ', '0x5', '5.', '.5', '+5', '5e', 'NaN', 'Infinity', '5~6', '1_0', '٥']) {
      expect(fits('1~100', value), value).to.equal(false)
      expect(fits('~100', value), value).to.equal(false)
    }
  })

  it('needs one of a list', () => {
    const list = ['a', 'b*', '5~6', 9, true]
    for (const value of ['a', 'bcd', '5', '6', '9', 'true']) expect(fits(list, value), value).to.equal(true)
    for (const value of ['c', '7', 'false', '']) expect(fits(list, value), value).to.equal(false)
    for (const value of ['a', 'bcd']) expect(fits(['a', 'b*'], value), value).to.equal(true)
    for (const value of ['bcd', '5']) expect(fits(['b*', '5~6'], value), value).to.equal(true)
  })

  it('lets a negation win, whatever else fits and wherever it stands', () => {
    expect(fits('!a', 'b')).to.equal(true)
    expect(fits('!a', 'a')).to.equal(false)
    for (const list of [
      ['a', '!a'],
      ['!a', 'a', '*'],
      ['*', '!a'],
    ])
      expect(fits(list, 'a')).to.equal(false)
    expect(fits(['*', '!a'], 'b')).to.equal(true)
    expect(fits(['b', '!a'], 'c')).to.equal(false)
    expect(fits(['!a', '!b'], 'c')).to.equal(true)
    expect(fits(['!a', '!b'], 'b')).to.equal(false)
    expect(fits(['1~100', '!40~50'], '45')).to.equal(false)
    expect(fits(['1~100', '!40~50'], '51')).to.equal(true)
    expect(fits('!a*', 'abc')).to.equal(false)
  })

  it('fits who has no value by a negation only', () => {
    for (const source of ['a', '*', '1~', '$caller', ['a', '*'], ['a', '!b']]) {
      expect(fits(source, undefined), String(source)).to.equal(false)
    }
    for (const source of ['!a', '!*', '!1~', ['!a', '!b']])
      expect(fits(source, undefined), String(source)).to.equal(true)
    expect(fits('!*', '')).to.equal(false)
  })

  it('compares with what the call has, to the letter and never as a pattern', () => {
    const from = (caller: string): Invocation => call({ caller, args: [{ zone: 'a' }], attachments: { zone: 'b' } })
    expect(fits('$caller', 'shop', from('shop'))).to.equal(true)
    expect(fits('$caller', 'shop', from('*'))).to.equal(false)
    expect(fits('$caller', '*', from('*'))).to.equal(true)
    expect(fits('$caller', '5', from('1~100'))).to.equal(false)
    expect(fits('$caller', 'b', from('!a'))).to.equal(false)
    expect(fits('!$caller', 'shop', from('shop'))).to.equal(false)
    expect(fits('!$caller', 'desk', from('shop'))).to.equal(true)
    expect(fits('$arguments[0].zone', 'a', from('x'))).to.equal(true)
    expect(fits('$attachments[zone]', 'b', from('x'))).to.equal(true)
    expect(fits(['a', '$method'], 'getMovieById')).to.equal(true)
  })

  it('takes a reference to nothing, or to more than 1 000 characters, for none', () => {
    expect(fits('$caller', 'shop', call())).to.equal(false)
    expect(fits('!$caller', 'shop', call())).to.equal(true)
    const long = 'x'.repeat(1_000)
    expect(fits('$caller', long, call({ caller: long }))).to.equal(true)
    expect(fits('$caller', `${long}x`, call({ caller: `${long}x` }))).to.equal(false)
  })

  it('tells what of a call the answer depends on', () => {
    const { references } = valuePattern(['a', '$caller', '!$method', '1~2'], 'x')
    expect(references.map((fact) => fact(call({ caller: 'shop' })))).to.deep.equal(['shop', 'getMovieById'])
    expect(valuePattern('a', 'x').references).to.deep.equal([])
  })

  it('means to the letter whatever follows an equals sign', () => {
    for (const text of ['*', '1~100', '$caller', '!a', '=', '', 'a~b', '~']) {
      expect(fits(`=${text}`, text), text).to.equal(true)
      expect(fits(`!=${text}`, text), text).to.equal(false)
    }
    expect(fits('=*', 'a')).to.equal(false)
    expect(fits('=1~100', '5')).to.equal(false)
  })

  it('says what is wrong, where, and with which value', () => {
    const at = 'rules[1].when["caller"]'
    const text = 'must be a text of 1 to 1000 characters, a number or a flag, got'
    const range = 'write 1~100, 1~ or ~100, or "=…" for the text'
    expect(mistakeOf([])).to.equal(`${at} is empty: name at least one value, "*" for any`)
    expect(mistakeOf('')).to.equal(`${at} ${text} ""`)
    expect(mistakeOf(['a', null])).to.equal(`${at}[1] ${text} null`)
    expect(mistakeOf(undefined)).to.equal(`${at} ${text} undefined`)
    expect(mistakeOf({})).to.equal(`${at} ${text} an object`)
    expect(mistakeOf([['a']])).to.equal(`${at}[0] ${text} a list of 1`)
    expect(mistakeOf(Number.NaN)).to.equal(`${at} ${text} NaN`)
    expect(mistakeOf(Number.POSITIVE_INFINITY)).to.equal(`${at} ${text} Infinity`)
    expect(mistakeOf('!')).to.equal(`${at} is "!" and nothing else: "!*" is for who has no value`)
    for (const bad of ['~', 'a~b', '1~b', 'a~2', '1~2~3', '~~', '0x1~5', '1 ~ 2']) {
      expect(mistakeOf(bad)).to.equal(`${at} is no range of numbers: "${bad}"; ${range}`)
    }
    expect(mistakeOf('!a~b')).to.equal(`${at} is no range of numbers: "a~b"; ${range}`)
    expect(mistakeOf('100~1')).to.equal(`${at} is an empty range: "100~1"`)
    expect(mistakeOf('$nobody')).to.include(`${at} asks for "nobody", which no call has`)
    expect(mistakeOf('$')).to.include(`${at} asks for "", which no call has`)
  })

  it('has at most 1 000 characters, and a list at most 1 000 entries', () => {
    expect(fits('x'.repeat(1_000), 'x'.repeat(1_000))).to.equal(true)
    expect(mistakeOf('x'.repeat(1_001))).to.include(`got "${'x'.repeat(60)}…"`)
    expect(fits(new Array(1_000).fill('x'), 'x')).to.equal(true)
    expect(mistakeOf(new Array(1_001).fill('x'))).to.equal(
      'rules[1].when["caller"] must be a list of at most 1000, got a list of 1001',
    )
  })

  it('throws a TypeError or works, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (source, value) => {
        try {
          expect(fits(source, value)).to.be.a('boolean')
        } catch (error) {
          expect(error).to.be.instanceOf(TypeError)
        }
      }),
    )
  })
})
