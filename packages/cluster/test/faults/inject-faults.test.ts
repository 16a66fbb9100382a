import { type FaultRule, type InjectFaultsOptions, injectFaults, isInjected } from '@kumquat/cluster'
import { Cell, type Invocation, type Invoker, RpcError, seededRng } from '@kumquat/core'
import { type HandClock, handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call } from '../parts.ts'

/** A service behind the filter, and how often it was entered. */
function setup(rule: FaultRule, options: InjectFaultsOptions = {}) {
  const clock = handClock()
  const entered: Invocation[] = []
  const next: Invoker = async (invocation) => {
    entered.push(invocation)
    return { value: 'reply' }
  }
  const live = new Cell(rule)
  const invoke = injectFaults(live, { clock, rng: () => 0, ...options })(next)
  return { clock, entered, next, live, invoke }
}

const failureOf = async (reply: Promise<unknown>): Promise<RpcError> => {
  const error: unknown = await reply.catch((thrown: unknown) => thrown)
  if (RpcError.is(error)) return error
  throw new Error('expected an RpcError', { cause: error })
}

/** Whether it has settled, without waiting. */
async function isPending(clock: HandClock, reply: Promise<unknown>): Promise<boolean> {
  let settled = false
  void reply.then(
    () => {
      settled = true
    },
    () => {
      settled = true
    },
  )
  await clock.advance(0)
  return !settled
}

describe('injectFaults', () => {
  const abort: FaultRule = {
    name: 'drill',
    abort: { percent: 100, code: 'unavailable', message: 'try the other zone' },
  }
  const delay: FaultRule = { name: 'slow', delay: { percent: 100, ms: 250 } }

  it('fails a call with the code and the message given, without entering the method', async () => {
    const { invoke, entered } = setup(abort)
    const error = await failureOf(invoke(call()))
    expect(error).to.include({
      code: 'unavailable',
      outcome: 'not-run',
      message: 'injected fault "drill": try the other zone',
    })
    expect(error.details).to.deep.equal([{ injectedFault: 'drill' }])
    expect(entered).to.have.length(0)
  })

  it('has words for a fault without a name and a message, and takes another outcome', async () => {
    const { invoke } = setup({ abort: { percent: 100, code: 'data_loss', outcome: 'unknown' } })
    expect(await failureOf(invoke(call()))).to.include({
      code: 'data_loss',
      outcome: 'unknown',
      message: 'injected fault "unnamed"',
    })
  })

  it('marks its errors, so that nobody takes them for real, even after a journey', async () => {
    const error = await failureOf(setup(abort).invoke(call()))
    expect(isInjected(error)).to.equal(true)
    const { code, message, details } = JSON.parse(JSON.stringify({ ...error, message: error.message }))
    expect(isInjected(new RpcError(code, message, { details }))).to.equal(true)
    expect(isInjected(new RpcError('unavailable', 'injected fault'))).to.equal(false)
    for (const details of [[], ['injectedFault'], [null], [{ other: 1 }]]) {
      expect(isInjected(new RpcError('unavailable', 'real', { details }))).to.equal(false)
    }
    expect(isInjected(new RpcError('unavailable', 'x', { details: [null, 5, { injectedFault: 'a' }] }))).to.equal(true)
    expect(isInjected({ details: [{ injectedFault: 'a' }] })).to.equal(false)
    expect(isInjected(undefined)).to.equal(false)
  })

  it('leaves alone the calls that the rule is not about', async () => {
    const { invoke, entered } = setup({ ...abort, when: { caller: 'qa-*', 'arguments[0]': '1~5' } })
    const other = call({ caller: 'shop', args: [1] })
    expect(await invoke(other)).to.deep.equal({ value: 'reply' })
    expect(entered[0]).to.equal(other)
    expect((await failureOf(invoke(call({ caller: 'qa-1', args: [5] })))).code).to.equal('unavailable')
    expect(await invoke(call({ caller: 'qa-1', args: [6] }))).to.deep.equal({ value: 'reply' })
  })

  it('hits as many calls as the percentage says, exactly below it', async () => {
    let dice = 0
    const { invoke } = setup({ abort: { percent: 12.5, code: 'internal' } }, { rng: () => dice })
    const hits = () =>
      invoke(call()).then(
        () => false,
        () => true,
      )
    for (const [value, hit] of [
      [0, true],
      [0.1249, true],
      [0.125, false],
      [0.9999, false],
    ] as const) {
      dice = value
      expect(await hits(), String(value)).to.equal(hit)
    }
    const { invoke: often } = setup({ abort: { percent: 100, code: 'internal' } }, { rng: () => 0.9999 })
    expect((await failureOf(often(call()))).code).to.equal('internal')
  })

  it('keeps to the percentages of both faults, each drawn for by itself', async () => {
    const rule: FaultRule = {
      delay: { percent: 20, ms: 10 },
      abort: { percent: 10, code: 'internal' },
    }
    const { clock, invoke } = setup(rule, { rng: seededRng(3) })
    const seen = { late: 0, failed: 0, both: 0 }
    const replies = Array.from({ length: 10_000 }, async () => {
      const failed = await invoke(call()).then(
        () => false,
        () => true,
      )
      const late = clock.now() > 0
      seen.failed += Number(failed)
      seen.late += Number(late)
      seen.both += Number(late && failed)
    })
    await clock.advance(10)
    await Promise.all(replies)
    expect(seen.late / 10_000).to.be.closeTo(0.2, 0.015)
    expect(seen.failed / 10_000).to.be.closeTo(0.1, 0.01)
    expect(seen.both / 10_000).to.be.closeTo(0.02, 0.005)
  })

  it('delays a call, then lets it through', async () => {
    const { clock, invoke, entered } = setup(delay)
    const invocation = call()
    const reply = invoke(invocation)
    await clock.advance(249)
    expect(entered).to.have.length(0)
    await clock.advance(1)
    expect(await reply).to.deep.equal({ value: 'reply' })
    expect(entered[0]).to.equal(invocation)
    expect(clock.pending).to.equal(0)
  })

  it('delays before it fails', async () => {
    const { clock, invoke } = setup({ ...abort, ...delay })
    const reply = invoke(call())
    reply.catch(() => {})
    await clock.advance(249)
    expect(await isPending(clock, reply)).to.equal(true)
    await clock.advance(1)
    expect((await failureOf(reply)).message).to.include('try the other zone')
  })

  it('delays no longer than the deadline', async () => {
    const { clock, invoke, entered } = setup(delay)
    const reply = invoke(call({ deadline: 100 }))
    reply.catch(() => {})
    await clock.advance(99)
    expect(await isPending(clock, reply)).to.equal(true)
    await clock.advance(1)
    const error = await failureOf(reply)
    expect(error).to.include({
      code: 'deadline_exceeded',
      outcome: 'not-run',
      message: 'injected fault "slow": the deadline of getMovieById passed during its delay',
    })
    expect(isInjected(error)).to.equal(true)
    expect(entered).to.have.length(0)
    expect(clock.pending).to.equal(0)
  })

  it('lets a call through that still has time after the delay', async () => {
    const { clock, invoke } = setup(delay)
    const reply = invoke(call({ deadline: 251 }))
    await clock.advance(250)
    expect(await reply).to.deep.equal({ value: 'reply' })
    const late = invoke(call({ deadline: 500 }))
    late.catch(() => {})
    await clock.advance(250)
    expect((await failureOf(late)).code).to.equal('deadline_exceeded')
  })

  it('ends a delay when the caller cancels the call, and leaves nothing behind', async () => {
    const { clock, invoke, entered } = setup(delay)
    const caller = new AbortController()
    const reply = invoke(call({ signal: caller.signal }))
    reply.catch(() => {})
    await clock.advance(10)
    caller.abort('enough')
    const error = await failureOf(reply)
    expect(error).to.include({
      code: 'canceled',
      outcome: 'not-run',
      cause: 'enough',
      message: 'getMovieById was canceled by its caller, during an injected delay',
    })
    expect(isInjected(error)).to.equal(false)
    expect(entered).to.have.length(0)
    expect(clock.pending).to.equal(0)
  })

  it('says canceled, too, of a call that was canceled before', async () => {
    const { clock, invoke } = setup(delay)
    const reply = invoke(call({ signal: AbortSignal.abort('before') }))
    expect((await failureOf(reply)).cause).to.equal('before')
    expect(clock.pending).to.equal(0)
  })

  it('sets no timer for a delay of nothing', async () => {
    const { clock, invoke, entered } = setup({ delay: { percent: 100, ms: 0 } })
    expect(await invoke(call({ deadline: -1 }))).to.deep.equal({ value: 'reply' })
    expect(entered).to.have.length(1)
    expect(clock.pending).to.equal(0)
  })

  it('costs nothing when it is off: it throws no dice and hands on the very promise', () => {
    const promise = Promise.resolve({ value: 1 })
    const noDice = () => {
      throw new Error('no need to')
    }
    const off: readonly FaultRule[] = [
      {},
      { ...abort, ...delay, enabled: false },
      { abort: { percent: 0, code: 'internal' } },
      { ...abort, when: { caller: 'nobody' } },
    ]
    for (const rule of off) {
      expect(injectFaults(new Cell(rule), { rng: noDice })(() => promise)(call())).to.equal(promise)
    }
    const missed = injectFaults(new Cell<FaultRule>({ abort: { percent: 50, code: 'internal' } }), { rng: () => 0.5 })
    expect(missed(() => promise)(call())).to.equal(promise)
  })

  it('follows a rule that changes, and keeps the last good one', async () => {
    const errors: unknown[] = []
    const { invoke, live } = setup({}, { onError: (error) => errors.push(error) })
    await invoke(call())
    live.set(abort)
    await failureOf(invoke(call()))
    live.set({ abort: { percent: 5, code: 'nonsense' as never } })
    await failureOf(invoke(call()))
    expect(errors).to.have.length(1)
    live.set({ ...abort, enabled: false })
    await invoke(call())
    const quiet = injectFaults(live)(async () => ({ value: 0 }))
    live.set({ delay: { percent: 100, ms: -1 } })
    expect(await quiet(call())).to.deep.equal({ value: 0 })
  })

  it('refuses a rule with a mistake at once', () => {
    const bad = { delay: { percent: 200, ms: 5 } }
    expect(() => injectFaults(new Cell<FaultRule>(bad))).to.throw(TypeError, 'fault rule.delay.percent')
  })
})
