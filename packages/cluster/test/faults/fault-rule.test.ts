import { type FaultRule, faultRule, injectFaults } from '@kumquat/cluster'
import { Cell, RPC_ERROR_CODES } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { readFaultRule } from '../../src/faults/fault-rule.ts'
import { call } from '../parts.ts'

const mistakeOf = (source: unknown): string => {
  try {
    faultRule(source)
  } catch (error) {
    if (error instanceof TypeError) return error.message
  }
  throw new Error('expected a TypeError')
}

describe('a fault rule from outside', () => {
  const abort = { percent: 5, code: 'unavailable' }

  it('is returned as it is if it is right', () => {
    const source = {
      name: 'slow shop',
      when: { caller: 'shop' },
      delay: { percent: 1.25, ms: 600_000 },
      abort: { ...abort, message: 'try', outcome: 'unknown' },
      enabled: false,
    }
    expect(faultRule(source)).to.equal(source)
    for (const code of RPC_ERROR_CODES) expect(mistakeFree({ abort: { percent: 5, code } })).to.equal(true)
    for (const outcome of ['not-run', 'unknown', 'ran'])
      expect(mistakeFree({ abort: { ...abort, outcome } })).to.equal(true)
  })

  it('has defaults', () => {
    expect(readFaultRule({ abort }).abort).to.deep.equal({ ...abort, message: '', outcome: 'not-run' })
    expect(readFaultRule({}).name).to.equal('unnamed')
    expect(readFaultRule({}).isAbout(call())).to.equal(true)
  })

  it('has nothing to do when it is off, or at 0 %', () => {
    const delay = { percent: 5, ms: 1 }
    for (const rule of [
      {},
      { enabled: false, delay, abort },
      { delay: { percent: 0, ms: 5 }, abort: { ...abort, percent: 0 } },
    ]) {
      expect(readFaultRule(rule)).to.not.have.any.keys('delay', 'abort')
    }
    expect(readFaultRule({ enabled: true, delay, abort })).to.include.keys('delay', 'abort')
    expect(readFaultRule({ delay })).to.include.keys('delay').and.not.include.keys('abort')
    expect(readFaultRule({ delay: { percent: 0.01, ms: 0 } })).to.include.keys('delay')
  })

  it('names the field and the value of a mistake', () => {
    expect(mistakeOf([])).to.equal('fault rule must be an object, got a list of 0')
    expect(mistakeOf({ percent: 5 })).to.equal(
      'fault rule has no field "percent": known are name, when, delay, abort, enabled',
    )
    expect(mistakeOf({ name: 5 })).to.equal('fault rule.name must be a text of at most 1000 characters, got 5')
    expect(mistakeOf({ when: { caller: '' } })).to.include('fault rule.when["caller"] must be a text')
    expect(mistakeOf({ enabled: 'no' })).to.equal('fault rule.enabled must be true or false, got "no"')
    expect(mistakeOf({ delay: null })).to.equal('fault rule.delay must be an object, got null')
    expect(mistakeOf({ delay: { ms: 5 } })).to.equal(
      'fault rule.delay.percent must be a number from 0 to 100, got undefined',
    )
    expect(mistakeOf({ delay: { percent: 0.001, ms: 5 } })).to.equal(
      'fault rule.delay.percent must have at most two decimals, got 0.001',
    )
    for (const ms of [-1, 600_001, '5', undefined]) {
      expect(mistakeOf({ delay: { percent: 5, ms } })).to.include(
        'fault rule.delay.ms must be a number from 0 to 600000, got',
      )
    }
    expect(mistakeOf({ delay: { percent: 5, ms: 5, jitter: 1 } })).to.equal(
      'fault rule.delay has no field "jitter": known are percent, ms',
    )
    expect(mistakeOf({ abort: { percent: 5 } })).to.equal(
      `fault rule.abort.code must be one of ${RPC_ERROR_CODES.join(', ')}, got undefined`,
    )
    expect(mistakeOf({ abort: { ...abort, code: 'ok' } })).to.include('got "ok"')
    expect(mistakeOf({ abort: { ...abort, percent: 101 } })).to.include('fault rule.abort.percent must be a number')
    expect(mistakeOf({ abort: { ...abort, message: 5 } })).to.include('fault rule.abort.message must be a text')
    expect(mistakeOf({ abort: { ...abort, outcome: 'maybe' } })).to.equal(
      'fault rule.abort.outcome must be one of not-run, unknown, ran, got "maybe"',
    )
    expect(mistakeOf({ abort: { ...abort, status: 5 } })).to.equal(
      'fault rule.abort has no field "status": known are percent, code, message, outcome',
    )
    // A rule that is off is checked like any other.
    expect(mistakeOf({ enabled: false, delay: { percent: 5 } })).to.include('fault rule.delay.ms')
  })

  it('works or throws a TypeError, whatever it is', () => {
    const hostile = fc.record(
      { name: fc.anything(), when: fc.anything(), delay: fc.anything(), abort: fc.anything() },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(hostile, (source) => {
        try {
          injectFaults(new Cell<FaultRule>(faultRule(source)))
        } catch (error) {
          expect(error).to.be.instanceOf(TypeError)
        }
      }),
    )
  })
})

const mistakeFree = (source: unknown): boolean => faultRule(source) === source
