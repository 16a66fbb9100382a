import { usualJudge } from '@kumquat/cluster'
import { RPC_ERROR_CODES, RpcError, type RpcErrorCode } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call } from '../parts.ts'

const clock = handClock({ startMs: 1_000 })
const judge = usualJudge(clock)
const aborted = (reason?: unknown): AbortSignal => AbortSignal.abort(reason)

describe('usualJudge', () => {
  it('takes whatever a method threw for a sign of life', () => {
    for (const code of RPC_ERROR_CODES)
      expect(judge(new RpcError(code, '', { outcome: 'ran' }), call())).to.equal('works')
  })

  for (const outcome of ['not-run', 'unknown'] as const) {
    it(`blames the peer for what is unavailable, late or broken inside, outcome ${outcome}`, () => {
      for (const code of ['unavailable', 'deadline_exceeded', 'internal'] as const) {
        expect(judge(new RpcError(code, '', { outcome }), call())).to.equal('fails')
      }
    })

    it(`learns nothing from a refusal under load or a cancel, outcome ${outcome}`, () => {
      for (const code of ['resource_exhausted', 'canceled'] as const) {
        expect(judge(new RpcError(code, '', { outcome }), call())).to.equal('nothing')
      }
    })
  }

  it('blames it for any other code only if the outcome is unknown', () => {
    const others: readonly RpcErrorCode[] = ['unknown', 'aborted', 'invalid_argument', 'unimplemented', 'data_loss']
    for (const code of others) {
      expect(judge(new RpcError(code, '', { outcome: 'unknown' }), call())).to.equal('fails')
      expect(judge(new RpcError(code, '', { outcome: 'not-run' }), call())).to.equal('nothing')
    }
  })

  it('takes a cancel by a timeout for a timeout, and one by the caller for nothing', () => {
    const canceled = new RpcError('canceled', '')
    const timeout = new DOMException('too long', 'TimeoutError')
    expect(judge(canceled, call({ signal: aborted(timeout) }))).to.equal('fails')
    expect(judge(canceled, call({ signal: aborted() }))).to.equal('nothing')
    expect(judge(canceled, call({ signal: aborted('TimeoutError') }))).to.equal('nothing')
    expect(judge(canceled, call({ signal: aborted({ name: 'TimeoutError' }) }))).to.equal('nothing')
  })

  it('takes a cancel for a timeout from the very moment of the deadline on', () => {
    const canceled = new RpcError('canceled', '')
    expect(judge(canceled, call({ deadline: 1_000, signal: aborted() }))).to.equal('fails')
    expect(judge(canceled, call({ deadline: 1_001, signal: aborted() }))).to.equal('nothing')
  })

  it('blames the peer for an error that is none of ours, unless the caller gave up', () => {
    const foreign = new Error('ECONNRESET')
    expect(judge(foreign, call())).to.equal('fails')
    expect(judge('thrown', call({ signal: new AbortController().signal }))).to.equal('fails')
    expect(judge(foreign, call({ signal: aborted() }))).to.equal('nothing')
    expect(judge(foreign, call({ signal: aborted(), deadline: 1_000 }))).to.equal('fails')
  })
})
