import { callOptions } from '@kumquat/rpc'
import { expect } from 'chai'
import { optionsAmong } from '../../src/client/given-options.ts'
import { bodyOf } from '../../src/http/departing.ts'
import { calling } from '../serving.ts'

describe('call options as an argument', () => {
  it('are found where they are the last, and nowhere else', () => {
    const given = callOptions({ timeoutMs: 5 })
    expect(optionsAmong([1, given])).to.deep.equal({ timeoutMs: 5 })
    for (const args of [[], [given, 1], [{ timeoutMs: 5 }], [null], [undefined], ['x'], [() => 1]]) {
      expect(optionsAmong(args)).to.equal(undefined)
    }
  })

  it('are checked when they are made, and cannot change later', () => {
    expect(() => callOptions({ timeoutMs: 0 })).to.throw(RangeError, 'timeoutMs')
    const options = { timeoutMs: 5 }
    const given = callOptions(options)
    options.timeoutMs = 0
    expect(optionsAmong([given])).to.deep.equal({ timeoutMs: 5 }).and.to.be.frozen
    expect(given).to.be.frozen
  })

  it('are known to another copy of this package', () => {
    const given = { [Symbol.for('@kumquat/rpc/callOptions')]: { timeoutMs: 5 } }
    expect(optionsAmong([given])).to.deep.equal({ timeoutMs: 5 })
  })

  it('never travel as an argument', () => {
    expect(() => bodyOf(calling('echo', [callOptions({}), 1]))).to.throw(
      'movie/catalog/echo was given an argument that JSON cannot carry: callOptions() must be the last argument',
    )
  })
})
