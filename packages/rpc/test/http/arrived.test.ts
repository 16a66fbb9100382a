import { expect } from 'chai'
import { argsOf, attemptOf, callerOf, timeoutOf } from '../../src/http/arrived.ts'

describe('what arrives with a request', () => {
  it('is the caller, if that can be a name', () => {
    expect(callerOf({ 'kq-caller': 'web' })).to.equal('web')
    for (const bad of ['', 'a b', 'a:b|c', 'x'.repeat(200)]) expect(callerOf({ 'kq-caller': bad })).to.equal('')
    expect(callerOf({})).to.equal('')
  })
  it('is the attempt, 1 when it makes no sense', () => {
    expect(attemptOf({ 'kq-attempt': '3' })).to.equal(3)
    for (const bad of ['0', '-1', '1e3', '100', 'x', '']) expect(attemptOf({ 'kq-attempt': bad })).to.equal(1)
  })
  it('is the time that is left', () => {
    expect(timeoutOf({ 'connect-timeout-ms': '1500' })).to.equal(1_500)
    expect(timeoutOf({ 'connect-timeout-ms': '0' })).to.equal(0)
    expect(timeoutOf({})).to.equal(undefined)
  })
  for (const bad of ['', '-1', '1.5', '12345678901', 'soon', '1000, 1000']) {
    it(`is not a time of ${JSON.stringify(bad)}`, () => {
      expect(() => timeoutOf({ 'connect-timeout-ms': bad }))
        .to.throw(`connect-timeout-ms: ${JSON.stringify(bad)} is not a number of milliseconds`)
        .that.includes({ code: 'invalid_argument', outcome: 'not-run' })
    })
  }
  it('is the arguments: of an array its elements, of another value that one, of nothing none', () => {
    expect(argsOf([1, [2]], 2)).to.deep.equal([1, [2]])
    expect(argsOf({ id: 1 }, 2)).to.deep.equal([{ id: 1 }])
    expect(argsOf(null, 2)).to.deep.equal([null])
    expect(argsOf(undefined, 2)).to.deep.equal([])
  })
  it('is at most so many arguments', () => {
    expect(() => argsOf([1, 2, 3], 2))
      .to.throw('3 arguments are more than 2, the limit of this provider')
      .that.includes({ code: 'invalid_argument', outcome: 'not-run' })
  })
})
