import { isRpcErrorCode, RPC_ERROR_CODES, RpcError } from '@kumquat/core'
import { expect } from 'chai'

describe('RpcError', () => {
  it('is cautious by default: the method may have run', () => {
    const error = new RpcError('unavailable', 'gone')
    expect(error).to.include({ name: 'RpcError', code: 'unavailable', message: 'gone', outcome: 'unknown' })
    expect(error).to.not.have.any.keys('cause', 'retryable', 'retryAfterMs', 'details')
  })

  it('carries what it is given', () => {
    const cause = new Error('socket closed')
    const error = new RpcError('resource_exhausted', 'full', {
      outcome: 'not-run',
      cause,
      retryable: true,
      retryAfterMs: 250,
      details: [{ limit: 10 }],
    })
    expect(error).to.deep.include({ outcome: 'not-run', retryable: true, retryAfterMs: 250, details: [{ limit: 10 }] })
    expect(error.cause).to.equal(cause)
  })

  it('knows its kind across two copies of this package', async () => {
    const another = new URL('../src/rpc-error.ts?another-copy', import.meta.url).href
    const { RpcError: Twin } = (await import(another)) as { RpcError: typeof RpcError }
    expect(Twin).to.not.equal(RpcError)
    expect(new Twin('internal', 'x')).to.not.be.instanceOf(RpcError)
    expect(RpcError.is(new Twin('internal', 'x'))).to.equal(true)
    expect(Twin.is(new RpcError('internal', 'x'))).to.equal(true)
  })

  it('takes nothing else for one', () => {
    const lookalike = Object.assign(new Error('x'), { name: 'RpcError', code: 'internal', outcome: 'ran' })
    for (const other of [lookalike, { ...lookalike }, new TypeError('x'), null, undefined, 'internal']) {
      expect(RpcError.is(other)).to.equal(false)
    }
  })

  it('shows no mark of its kind to whoever lists or serialises it', () => {
    const error = new RpcError('internal', 'x')
    expect(JSON.parse(JSON.stringify(error))).to.deep.equal({ name: 'RpcError', code: 'internal', outcome: 'unknown' })
  })
})

describe('isRpcErrorCode', () => {
  it("knows Connect's sixteen codes and no other value", () => {
    expect(RPC_ERROR_CODES).to.have.length(16)
    for (const code of RPC_ERROR_CODES) expect(isRpcErrorCode(code)).to.equal(true)
    for (const other of ['ok', 'UNAVAILABLE', '', 14, null]) expect(isRpcErrorCode(other)).to.equal(false)
  })
})
