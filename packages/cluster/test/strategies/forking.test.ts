import { getEventListeners, setMaxListeners } from 'node:events'
import { forking } from '@kumquat/cluster'
import { type Invocation, RpcError } from '@kumquat/core'
import { expect } from 'chai'
import { call } from '../parts.ts'
import { failing, stage } from './stage.ts'

const idempotent = (known: Partial<Invocation> = {}): Invocation => call({ idempotent: true, ...known })

describe('forking', () => {
  it('asks two peers at once, takes the first reply, and cancels the other', async () => {
    const { attempts, outcomeOf } = stage(5, forking())
    const reply = outcomeOf(idempotent())
    expect(attempts).to.have.length(2)
    expect(attempts[0]!.id).to.not.equal(attempts[1]!.id)
    expect(attempts.map(({ invocation }) => invocation.attempt)).to.deep.equal([undefined, 2])
    attempts[1]!.answer('second')
    expect(await reply).to.deep.equal({ value: 'second' })
    expect(attempts[0]!.invocation.signal!.aborted).to.equal(true)
  })

  it('asks as many as it is told, or all there are', async () => {
    for (const [size, forks, expected] of [
      [12, 10, 10],
      [12, 3, 3],
      [2, 3, 2],
      [1, 2, 1],
    ] as const) {
      const { attempts, outcomeOf } = stage(size, forking({ forks }))
      const reply = outcomeOf(idempotent())
      expect(attempts).to.have.length(expected)
      expect(new Set(attempts.map(({ id }) => id)).size).to.equal(expected)
      attempts[0]!.answer(1)
      await reply
    }
  })

  it('asks one peer for what is not idempotent, and for what came as a retry', async () => {
    for (const invocation of [call(), idempotent({ attempt: 2 })]) {
      const { attempts, outcomeOf } = stage(5, forking())
      const reply = outcomeOf(invocation)
      expect(attempts).to.have.length(1)
      expect(attempts[0]!.invocation.attempt).to.equal(invocation.attempt)
      attempts[0]!.answer(1)
      expect(await reply).to.deep.equal({ value: 1 })
    }
  })

  it('waits for the others when one fails, whatever of, and asks nobody else', async () => {
    for (const outcome of ['not-run', 'unknown', 'ran'] as const) {
      const { attempts, outcomeOf } = stage(5, forking())
      const reply = outcomeOf(idempotent())
      attempts[0]!.fail(failing(outcome))
      await Promise.resolve()
      attempts[1]!.answer('good')
      expect(await reply).to.deep.equal({ value: 'good' })
      expect(attempts).to.have.length(2)
    }
  })

  it('asks the others too when a peer throws instead of rejecting', async () => {
    const { live, attempts, outcomeOf } = stage(2, forking())
    const [first, second] = live.current
    const broken = (): never => {
      throw failing('unknown')
    }
    live.set([{ ...first!, invoke: broken }, second!])
    const reply = outcomeOf(idempotent())
    await Promise.resolve()
    attempts[0]!.answer('good')
    expect(await reply).to.deep.equal({ value: 'good' })
  })

  it('fails when all have failed, with the gravest', async () => {
    const { attempts, outcomeOf } = stage(5, forking({ forks: 3 }))
    const reply = outcomeOf(idempotent())
    const grave = failing('unknown')
    attempts[0]!.fail(failing('not-run'))
    attempts[1]!.fail(grave)
    attempts[2]!.fail(failing('not-run'))
    expect(await reply).to.equal(grave)
  })

  it('fails as the cluster does when nobody is there', async () => {
    const error = (await stage(0, forking()).outcomeOf(idempotent())) as RpcError
    expect(error).to.be.instanceOf(RpcError)
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
  })

  it('calls off all when the caller goes, with the reason', async () => {
    const { attempts, outcomeOf } = stage(5, forking())
    const caller = new AbortController()
    const reply = outcomeOf(idempotent({ signal: caller.signal }))
    caller.abort(new Error('page closed'))
    expect(await reply).to.include({ code: 'canceled' })
    for (const { invocation } of attempts) expect(invocation.signal!.reason).to.have.property('message', 'page closed')
  })

  it('holds no listener after many calls on one signal', async () => {
    const theatre = stage(5, forking())
    theatre.onAttempt = (attempt, n) => {
      if (n % 2 === 0) n % 3 === 0 ? attempt.fail(failing('ran')) : attempt.answer(n)
      else if (n % 3 !== 0) setImmediate(() => attempt.fail(failing('unknown')))
    }
    const caller = new AbortController()
    setMaxListeners(0, caller.signal)
    const calls: Promise<unknown>[] = []
    for (let i = 0; i < 300; i++) calls.push(theatre.outcomeOf(idempotent({ signal: caller.signal })))
    await new Promise((resolve) => setImmediate(resolve))
    for (const attempt of theatre.attempts) attempt.fail(failing('unknown'))
    await Promise.all(calls)
    expect(getEventListeners(caller.signal, 'abort')).to.have.length(0)
    for (const { invocation } of theatre.attempts) {
      expect(getEventListeners(invocation.signal!, 'abort')).to.have.length(0)
    }
  })

  it('refuses a number of forks out of range, with the number', () => {
    for (const forks of [1, 11, 2.5, Number.NaN]) {
      expect(() => forking({ forks })).to.throw(RangeError, `forks must be an integer from 2 to 10, got ${forks}`)
    }
  })
})
