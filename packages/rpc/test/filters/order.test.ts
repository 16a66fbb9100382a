import { type Filter, type Invocation, providerRecord, type Reply } from '@kumquat/core'
import { handClock, recordingObserver } from '@kumquat/core/testing'
import { currentCall, type ServedCall } from '@kumquat/rpc'
import { expect } from 'chai'
import { context } from '../../src/context/context.ts'
import { aroundAttempt, aroundCall, aroundServing } from '../../src/filters/order.ts'
import { rejection } from '../rejection.ts'
import { calling } from '../serving.ts'

const { deadline: _, ...timeless } = calling('rent')
const served: ServedCall = { ...timeless, caller: 'web', arrived: {}, remote: { address: '', certified: [] } }
const nothing = async (): Promise<Reply> => ({ value: undefined })

describe('what stands around a call', () => {
  it('is observed with the lane that really holds, whatever filters make of it', async () => {
    const observer = recordingObserver()
    const answering: Filter<Invocation, Reply> = () => async () => ({ value: 'from a filter' })
    const call = aroundCall({ observer, caller: 'web', clock: handClock(), filters: [answering] })(nothing)
    const gray = { ...served, attachments: { lane: 'gray' } }
    const reply = await context()(() => call(timeless))(gray)
    expect(reply).to.deep.equal({ value: 'from a filter' })
    expect(observer.ends).to.have.length(1)
    expect(observer.ends[0]).to.include({ kind: 'call', lane: 'gray', code: 'ok' })
  })

  it('costs an attempt nothing when nobody looks and there is no filter', () => {
    const parts = { caller: 'web', clock: handClock(), filters: [] }
    expect(aroundAttempt(parts, providerRecord({ host: 'a', port: 1 }))(nothing)).to.equal(nothing)
  })

  it('keeps what has expired away from filters, and lets them ask for the current call', async () => {
    const clock = handClock({ startMs: 100 })
    const seen: (ServedCall | undefined)[] = []
    const looking: Filter<ServedCall, Reply> = (next) => async (call) => {
      seen.push(currentCall())
      return await next(call)
    }
    const serve = aroundServing(clock, [looking])(nothing)
    expect((await rejection(serve({ ...served, deadline: 99 }))).outcome).to.equal('not-run')
    expect(seen).to.deep.equal([])
    await serve(served)
    expect(seen).to.deep.equal([served])
  })
})
