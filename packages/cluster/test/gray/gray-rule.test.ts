import { type GrayRule, grayLane, grayRule } from '@kumquat/cluster'
import { Cell } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { readGrayRule } from '../../src/gray/gray-rule.ts'
import { call } from '../parts.ts'

const mistakeOf = (source: unknown): string => {
  try {
    grayRule(source)
  } catch (error) {
    if (error instanceof TypeError) return error.message
  }
  throw new Error('expected a TypeError')
}

describe('a gray rule from outside', () => {
  it('is returned as it is if it is right', () => {
    const source = {
      percent: 12.34,
      key: 'attachments[user]',
      salt: 's',
      always: ['ann', { caller: 'qa' }],
      never: [],
      fallback: 'fail',
      shadow: true,
      enabled: false,
    }
    expect(grayRule(source)).to.equal(source)
    expect(grayRule({})).to.deep.equal({})
  })

  it('has defaults', () => {
    expect(readGrayRule({})).to.include({ share: 0, salt: '', fallback: 'stable', shadow: false, enabled: true })
    expect(readGrayRule({ percent: 12.34, key: 'caller' }).share).to.equal(1_234)
    expect(readGrayRule({ percent: 1.15, key: 'caller' }).share).to.equal(115)
    expect(readGrayRule({ percent: 0.01, key: 'caller' }).share).to.equal(1)
    expect(readGrayRule({ fallback: 'fail', shadow: true, enabled: false, salt: 'x' })).to.include({
      salt: 'x',
      fallback: 'fail',
      shadow: true,
      enabled: false,
    })
  })

  it('names the field and the value of a mistake', () => {
    expect(mistakeOf(null)).to.equal('gray rule must be an object, got null')
    expect(mistakeOf({ percentage: 5 })).to.equal(
      'gray rule has no field "percentage": known are percent, key, salt, always, never, fallback, shadow, enabled',
    )
    expect(mistakeOf({ percent: '10' })).to.equal('gray rule.percent must be a number from 0 to 100, got "10"')
    expect(mistakeOf({ percent: 10.001 })).to.equal('gray rule.percent must have at most two decimals, got 10.001')
    expect(mistakeOf({ key: 5 })).to.equal('gray rule.key must be a text of at most 1000 characters, got 5')
    expect(mistakeOf({ key: 'user' })).to.include('gray rule.key asks for "user", which no call has')
    expect(mistakeOf({ salt: 5 })).to.equal('gray rule.salt must be a text of at most 1000 characters, got 5')
    expect(mistakeOf({ fallback: 'none' })).to.equal('gray rule.fallback must be one of stable, fail, got "none"')
    expect(mistakeOf({ shadow: 'on' })).to.equal('gray rule.shadow must be true or false, got "on"')
    expect(mistakeOf({ enabled: 0 })).to.equal('gray rule.enabled must be true or false, got 0')
    expect(mistakeOf({ always: 'ann' })).to.equal('gray rule.always must be a list of at most 1000, got "ann"')
    expect(mistakeOf({ never: [5] })).to.equal('gray rule.never[0] must be an object, got 5')
    expect(mistakeOf({ key: 'caller', always: ['a', 'x'.repeat(1_001)] })).to.include(
      'gray rule.always[1] must be a text',
    )
    expect(mistakeOf({ never: [{ caller: '!' }] })).to.include('gray rule.never[0]["caller"] is "!" and nothing else')
    expect(mistakeOf({ always: [{ zone: 'a' }] })).to.include('gray rule.always[0] asks for "zone"')
    expect(mistakeOf({ always: [{}] })).to.equal('gray rule.always[0] is empty: it would name every call')
  })

  it('must say what stays in one lane, if it draws or lists by it', () => {
    const missing = 'gray rule.key is missing: say what stays in one lane, e.g. "attachments[user]"'
    expect(mistakeOf({ percent: 0.01 })).to.equal(missing)
    expect(mistakeOf({ always: ['ann'] })).to.equal(missing)
    expect(mistakeOf({ never: [{ caller: 'x' }, 'ann'] })).to.equal(missing)
    for (const fine of [{ percent: 0 }, { always: [{ caller: 'x' }], never: [] }]) expect(grayRule(fine)).to.equal(fine)
  })

  it('works or throws a TypeError, whatever it is', () => {
    const hostile = fc.record(
      {
        percent: fc.oneof(fc.anything(), fc.integer({ min: 0, max: 100 })),
        key: fc.oneof(fc.anything(), fc.constantFrom('caller', 'arguments[0]')),
        always: fc.anything(),
        never: fc.array(fc.anything()),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(hostile, (source) => {
        try {
          grayLane(new Cell<GrayRule>(grayRule(source)))(call())
        } catch (error) {
          expect(error).to.be.instanceOf(TypeError)
        }
      }),
    )
  })
})
