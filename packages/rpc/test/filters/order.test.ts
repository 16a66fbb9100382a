import { type Filter, type Invocation, providerRecord, type Reply } from '@kumquat/core'
import { handClock, recordingLogger, recordingObserver } from '@kumquat/core/testing'
import { accessLog, currentCall, type ServedCall } from '@kumquat/rpc'
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

  describe('a call that its transport ends in time', () => {
    const late: (() => Error)[] = []
    const ending = (ends: boolean): ServedCall => {
      const endAt = (_: number, error: () => Error): boolean => {
        late.push(error)
        return ends
      }
      return Object.assign({ ...served, deadline: 150 }, { endAt })
    }
    beforeEach(() => {
      late.length = 0
    })

    it('is left to that, and nobody waits beside it', async () => {
      const clock = handClock({ startMs: 100 })
      const reply = Promise.resolve({ value: 1 })
      expect(aroundServing(clock, [])(() => reply)(ending(true))).to.equal(reply)
      expect(clock.pending).to.equal(0)
      expect(late.map((error) => error())).to.have.length(1)
      expect(late[0]?.()).to.include({ code: 'deadline_exceeded', outcome: 'unknown' })
    })

    it('is waited for where it does not, or is a copy', async () => {
      for (const call of [ending(false), { ...served, deadline: 150 }]) {
        const clock = handClock({ startMs: 100 })
        const settled = rejection(aroundServing(clock, [])(() => new Promise(() => {}))(call))
        await clock.advance(50)
        expect((await settled).code).to.equal('deadline_exceeded')
      }
    })

    it('is waited for where somebody tells what its caller is told', async () => {
      const clock = handClock({ startMs: 100 })
      const to = recordingLogger()
      const log = accessLog({ to, clock })
      const settled = rejection(aroundServing(clock, [], { accessLog: log })(() => new Promise(() => {}))(ending(true)))
      await clock.advance(50)
      expect((await settled).code).to.equal('deadline_exceeded')
      expect(to.lines.map(({ facts }) => facts)).to.have.nested.property('[0].code', 'deadline_exceeded')
      expect(late).to.deep.equal([])
    })
  })
})
