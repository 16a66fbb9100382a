import { RPC_ERROR_CODES, RpcError } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { decodeError, encodeError } from '../../src/http/error-body.ts'
import { STATUS_OF } from '../../src/http/wire.ts'

const name = { service: { app: 'movie', group: 'catalog' }, method: 'rent' }
const where = 'movie/catalog/rent at a:1'

describe('an error on the wire', () => {
  it('arrives as it was sent', () => {
    const codes = fc.constantFrom(...RPC_ERROR_CODES)
    const outcomes = fc.constantFrom('not-run', 'unknown', 'ran')
    const options = fc.record(
      {
        outcome: outcomes,
        retryable: fc.constant(true),
        retryAfterMs: fc.nat(),
        details: fc.array(fc.jsonValue(), { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: ['outcome'] },
    )
    fc.assert(
      fc.property(codes, fc.string(), options, (code, message, given) => {
        const sent = new RpcError(code, message, JSON.parse(JSON.stringify(given)))
        const read = decodeError({ status: STATUS_OF[code], text: encodeError(sent, name) }, where)
        expect({ ...read, message: read.message }).to.deep.equal({ ...sent, message })
      }),
    )
  })

  it('says of which service and method it is, as far as known', () => {
    const error = new RpcError('not_found', 'none', { outcome: 'ran' })
    expect(JSON.parse(encodeError(error, name))).to.deep.equal({
      ...{ code: 'not_found', message: 'none', outcome: 'ran' },
      ...{ service: 'movie/catalog', method: 'rent' },
    })
    expect(JSON.parse(encodeError(error, undefined))).not.to.have.any.keys('service', 'method')
  })

  it('is sent without details that JSON cannot carry', () => {
    const error = new RpcError('not_found', 'none', { details: [1n] })
    expect(JSON.parse(encodeError(error, name)))
      .to.include({ code: 'not_found' })
      .and.not.to.have.property('details')
  })

  it('never carries a stack or a cause', () => {
    const error = new RpcError('unknown', 'broken', { cause: new Error('secret') })
    expect(encodeError(error, name)).not.to.match(/stack|secret|\.ts/)
  })

  for (const [what, status, text, code, outcome] of [
    ['a Connect server that answered', 404, '{"code":"not_found","message":"m"}', 'not_found', 'ran'],
    ['a Connect server, or something before it', 503, '{"code":"unavailable"}', 'unavailable', 'unknown'],
    ['a gateway', 502, '<html>Bad Gateway</html>', 'unavailable', 'unknown'],
    ['a server that knows no such path', 404, '', 'unimplemented', 'unknown'],
    ['somebody who says a code that is none', 500, '{"code":"exploded"}', 'unknown', 'unknown'],
    ['somebody who says an outcome that is none', 400, '{"code":"aborted","outcome":7}', 'aborted', 'ran'],
    ['somebody who answers an array', 500, '[{"code":"aborted"}]', 'unknown', 'unknown'],
    ['a redirect', 302, '', 'unknown', 'unknown'],
  ] as const) {
    it(`is ${code}, ${outcome}, from ${what}`, () => {
      const error = decodeError({ status, text }, where)
      expect(error).to.include({ code, outcome })
      expect(error.message).not.to.equal('')
    })
  }

  it('is read without an exception whatever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 201, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, text) => {
        expect(RpcError.is(decodeError({ status, text }, where))).to.equal(true)
      }),
    )
  })
})
