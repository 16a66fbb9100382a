import { getEventListeners } from 'node:events'
import { type HedgingOptions, hedging, retryBudget } from '@kumquat/cluster'
import { type Invocation, type Reply, RpcError } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call } from '../parts.ts'
import { failing, stage } from './stage.ts'

const idempotent = (known: Partial<Invocation> = {}): Invocation => call({ idempotent: true, ...known })

/** Peers that took 100 calls of 8 ms each, so that 8 ms are late; attempts of later calls are for the test to end. */
async function seasoned(size: number, options: HedgingOptions = {}, calls = 100) {
  const clock = handClock()
  const theatre = stage(size, hedging({ clock, ...options }))
  theatre.onAttempt = (attempt) => void clock.after(8, () => attempt.answer('warm'))
  for (let i = 0; i < calls; i++) {
    const done = theatre.invoke(idempotent())
    await clock.advance(8)
    await done
  }
  await clock.advance(3_000)
  theatre.onAttempt = () => {}
  const before = theatre.attempts.length
  const attempts = () => theatre.attempts.slice(before)
  return { ...theatre, clock, attempts, self: theatre }
}

/** How a promise stands now, once all that can settle has. */
async function settledBy(
  clock: { advance(ms: number): Promise<void> },
  promise: Promise<unknown>,
  ms = 0,
): Promise<unknown> {
  let told: unknown = 'waiting'
  void promise.then((value) => {
    told = value
  })
  await clock.advance(ms)
  return told
}

describe('hedging', () => {
  it('asks another peer when the reply is later than the 95th percentile, takes the first reply, and cancels the other', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3)
    const reply = outcomeOf(idempotent())
    await clock.advance(7)
    expect(attempts()).to.have.length(1)
    await clock.advance(1)
    const [first, second] = attempts()
    expect(attempts()).to.have.length(2)
    expect(first!.id).to.not.equal(second!.id)
    expect(first!.invocation.attempt).to.equal(undefined)
    expect(second!.invocation.attempt).to.equal(2)
    second!.answer('hedge')
    expect(await reply).to.deep.equal({ value: 'hedge' })
    expect(first!.invocation.signal!.aborted).to.equal(true)
    expect(first!.invocation.signal!.reason).to.include({ code: 'canceled' })
    expect(first!.invocation.signal!.reason.message).to.equal('another attempt of the same call has ended it')
    await clock.advance(1_000)
    expect(attempts()).to.have.length(2)
    expect(clock.pending).to.equal(0)
  })

  it('cancels the hedge when the first answers after all', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3)
    const reply = outcomeOf(idempotent())
    await clock.advance(8)
    attempts()[0]!.answer('first')
    expect(await reply).to.deep.equal({ value: 'first' })
    expect(attempts()[1]!.invocation.signal!.aborted).to.equal(true)
  })

  it('aborts no signal of a call that needed no hedge, and leaves no timer', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3)
    const reply = outcomeOf(idempotent())
    await clock.advance(4)
    attempts()[0]!.answer('fast')
    expect(await reply).to.deep.equal({ value: 'fast' })
    expect(attempts()[0]!.invocation.signal!.aborted).to.equal(false)
    expect(clock.pending).to.equal(0)
  })

  it('hedges no call that is not idempotent, and none that came as a retry', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3)
    for (const invocation of [call(), idempotent({ attempt: 2 })]) {
      const before = attempts().length
      const reply = outcomeOf(invocation)
      await clock.advance(5_000)
      expect(attempts()).to.have.length(before + 1)
      expect(attempts().at(-1)!.invocation.attempt).to.equal(invocation.attempt)
      attempts().at(-1)!.answer('slow')
      expect(await reply).to.deep.equal({ value: 'slow' })
    }
  })

  it('hedges nothing before it knows what is late', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3, {}, 19)
    const reply = outcomeOf(idempotent())
    expect(clock.pending).to.equal(0)
    await clock.advance(10_000)
    expect(attempts()).to.have.length(1)
    attempts()[0]!.answer(1)
    await reply
  })

  it('knows what is late for each method by itself', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3)
    const unknown = outcomeOf(idempotent({ method: 'searchMovies' }))
    await clock.advance(100)
    expect(attempts()).to.have.length(1)
    attempts()[0]!.answer(1)
    await unknown
    const known = outcomeOf(idempotent())
    await clock.advance(8)
    expect(attempts()).to.have.length(3)
    attempts()[1]!.answer(1)
    await known
  })

  it('waits at least as long as it is told', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3, { minDelayMs: 20 })
    const reply = outcomeOf(idempotent())
    await clock.advance(19)
    expect(attempts()).to.have.length(1)
    await clock.advance(1)
    expect(attempts()).to.have.length(2)
    attempts()[0]!.answer(1)
    await reply
  })

  it('waits a millisecond at least, however fast the calls are', async () => {
    const clock = handClock()
    const theatre = stage(3, hedging({ clock }))
    theatre.onAttempt = ({ answer }) => answer('at once')
    for (let i = 0; i < 100; i++) await theatre.invoke(idempotent())
    await clock.advance(3_000)
    theatre.onAttempt = () => {}
    const reply = theatre.outcomeOf(idempotent())
    await clock.advance(0.999)
    expect(theatre.attempts).to.have.length(101)
    await clock.advance(0.001)
    expect(theatre.attempts).to.have.length(102)
    theatre.attempts[101]!.answer(1)
    await reply
  })

  it('does not send a hedge that the deadline would overtake', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3)
    const tight = outcomeOf(idempotent({ deadline: clock.now() + 8 }))
    expect(clock.pending).to.equal(0)
    attempts()[0]!.answer(1)
    await tight
    const wide = outcomeOf(idempotent({ deadline: clock.now() + 8.5 }))
    expect(clock.pending).to.equal(1)
    await clock.advance(8)
    expect(attempts()).to.have.length(3)
    attempts()[1]!.answer(1)
    await wide
  })

  it('sends as many hedges as it may, each late after the other, and no more', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(9, { hedges: 3 })
    const reply = outcomeOf(idempotent())
    for (const expected of [2, 3, 4, 4, 4]) {
      await clock.advance(8)
      expect(attempts()).to.have.length(expected)
    }
    expect(new Set(attempts().map(({ id }) => id)).size).to.equal(4)
    expect(attempts().map(({ invocation }) => invocation.attempt ?? 1)).to.deep.equal([1, 2, 3, 4])
    attempts()[3]!.answer(1)
    await reply
    for (const { invocation } of attempts().slice(0, 3)) expect(invocation.signal!.aborted).to.equal(true)
  })

  it('never hedges at a peer that is tried already, and pays nothing for it', async () => {
    const clock = handClock()
    const budget = retryBudget({ clock })
    const { attempts, outcomeOf, clock: own } = await seasoned(1, { budget })
    const reply = outcomeOf(idempotent())
    const { balance } = budget
    await own.advance(100)
    expect(attempts()).to.have.length(1)
    expect(budget.balance).to.equal(balance)
    attempts()[0]!.answer(1)
    await reply
  })

  it('sends at most five hedges for a hundred calls, however late all are', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3, {}, 20)
    // 20 calls have paid for one hedge; each further 20 pay for one more.
    for (let i = 0; i < 80; i++) {
      const before = attempts().length
      const reply = outcomeOf(idempotent())
      await clock.advance(20)
      for (const attempt of attempts().slice(before)) attempt.answer(i)
      await reply
    }
    expect(attempts().length - 80).to.equal(5)
  })

  it('sends no hedge when the common budget is empty, though its own is not', async () => {
    const budget = retryBudget({ percent: 0, minPerSecond: 0 })
    const { clock, attempts, outcomeOf } = await seasoned(3, { budget })
    const reply = outcomeOf(idempotent())
    await clock.advance(100)
    expect(attempts()).to.have.length(1)
    attempts()[0]!.answer('late')
    expect(await reply).to.deep.equal({ value: 'late' })
  })

  it('takes nothing of the common budget when its own is empty, which each further hedge needs too', async () => {
    const clock = handClock()
    const budget = retryBudget({ clock })
    const { attempts, outcomeOf, clock: own } = await seasoned(9, { budget, hedges: 4 }, 20)
    const reply = outcomeOf(idempotent())
    const { balance } = budget
    await own.advance(100)
    expect(attempts()).to.have.length(2)
    expect(budget.balance).to.equal(balance - 1)
    attempts()[0]!.answer(1)
    await reply
  })

  it('asks the common budget once if that refuses, and fails as usual then', async () => {
    let asked = 0
    const budget = { deposit() {}, balance: 0, withdraw: () => ++asked > 1 }
    const { clock, attempts, outcomeOf } = await seasoned(9, { budget, hedges: 3 })
    const reply = outcomeOf(idempotent())
    await clock.advance(100)
    const failure = failing('unknown')
    attempts()[0]!.fail(failure)
    expect(await reply).to.equal(failure)
    expect(asked).to.equal(1)
    expect(attempts()).to.have.length(1)
    expect(clock.pending).to.equal(0)
  })

  it('waits for who runs, without a timer, when a failure came and the budget is empty by then', async () => {
    let asked = 0
    const budget = { deposit() {}, balance: 0, withdraw: () => ++asked === 1 }
    const { clock, attempts, outcomeOf } = await seasoned(9, { budget, hedges: 3 })
    const reply = outcomeOf(idempotent())
    await clock.advance(8)
    expect(attempts()).to.have.length(2)
    attempts()[0]!.fail(failing('unknown'))
    await clock.advance(0)
    expect(clock.pending).to.equal(0)
    attempts()[1]!.answer('hedge')
    expect(await reply).to.deep.equal({ value: 'hedge' })
    expect(asked).to.equal(2)
  })

  it('deposits first attempts into the common budget, and what came as a retry not', async () => {
    const clock = handClock()
    const budget = retryBudget({ minPerSecond: 0, clock })
    const { invoke, self } = await seasoned(3, { budget, clock }, 0)
    self.onAttempt = (attempt) => attempt.answer(1)
    for (let i = 0; i < 4; i++) await invoke(call())
    await invoke(call({ attempt: 2 }))
    expect(budget.balance).to.equal(0)
    await invoke(call())
    expect(budget.balance).to.equal(1)
  })

  it('sends the next at once after a failure that is safe to repeat, before it is late', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3)
    const reply = outcomeOf(idempotent())
    attempts()[0]!.fail(failing('unknown'))
    await clock.advance(0)
    expect(attempts()).to.have.length(2)
    attempts()[1]!.answer('second')
    expect(await reply).to.deep.equal({ value: 'second' })
    expect(clock.pending).to.equal(0)
  })

  it('repeats what did not run though it is not idempotent', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3)
    const reply = outcomeOf(call())
    attempts()[0]!.fail(failing('not-run'))
    await clock.advance(0)
    attempts()[1]!.answer('second')
    expect(await reply).to.deep.equal({ value: 'second' })
  })

  it('ends all with a failure that must not be repeated', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3)
    const reply = outcomeOf(idempotent())
    await clock.advance(8)
    const fatal = failing('ran')
    attempts()[1]!.fail(fatal)
    expect(await reply).to.equal(fatal)
    expect(attempts()[0]!.invocation.signal!.aborted).to.equal(true)
    expect(clock.pending).to.equal(0)
  })

  it('waits for the other when one failed and no more may be sent, and tells the gravest if both fail', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3)
    const saved = outcomeOf(idempotent())
    await clock.advance(8)
    attempts()[0]!.fail(failing('unknown'))
    expect(await settledBy(clock, saved)).to.equal('waiting')
    attempts()[1]!.answer('saved')
    expect(await saved).to.deep.equal({ value: 'saved' })

    const lost = outcomeOf(idempotent())
    await clock.advance(8)
    const grave = failing('unknown')
    attempts()[2]!.fail(grave)
    await clock.advance(0)
    attempts()[3]!.fail(failing('not-run'))
    expect(await lost).to.equal(grave)
  })

  it('says so when the budget did not allow another attempt after a failure', async () => {
    const budget = retryBudget({ percent: 0, minPerSecond: 0 })
    const { attempts, outcomeOf } = await seasoned(3, { budget })
    const reply = outcomeOf(idempotent())
    const failure = failing('not-run')
    attempts()[0]!.fail(failure)
    const error = (await reply) as RpcError
    expect(error).to.include({ message: 'not-run', code: 'unavailable', outcome: 'not-run', cause: failure })
    expect(error.details).to.deep.equal([{ note: 'not tried again: the retry budget is empty' }])
  })

  it('pays the common budget only for what follows a failure', async () => {
    const clock = handClock()
    const { attempts, outcomeOf } = await seasoned(3, { clock }, 0)
    const reply = outcomeOf(idempotent())
    attempts()[0]!.fail(failing('not-run'))
    await clock.advance(0)
    attempts()[1]!.answer(1)
    expect(await reply).to.deep.equal({ value: 1 })
  })

  it('sends and pays nothing more once there is a reply, though the cancelled attempts fail', async () => {
    const clock = handClock()
    const budget = retryBudget({ clock })
    const { attempts, outcomeOf, clock: own } = await seasoned(9, { hedges: 4, budget })
    const reply = outcomeOf(idempotent())
    await own.advance(16)
    expect(attempts()).to.have.length(3)
    attempts()[1]!.answer('second')
    expect(await reply).to.deep.equal({ value: 'second' })
    const { balance } = budget
    await own.advance(1_000)
    expect(attempts()).to.have.length(3)
    expect(budget.balance).to.equal(balance)
    expect(own.pending).to.equal(0)
  })

  it('sends nothing more after a failure at the very deadline', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3)
    const failure = failing('not-run')
    const reply = outcomeOf(idempotent({ deadline: clock.now() + 5 }))
    await clock.advance(5)
    attempts()[0]!.fail(failure)
    expect(await reply).to.equal(failure)
    expect(attempts()).to.have.length(1)
  })

  it('sends the next when the peer allows it', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3)
    const reply = outcomeOf(idempotent())
    attempts()[0]!.fail(failing('not-run', { retryAfterMs: 50 }))
    await clock.advance(49)
    expect(attempts()).to.have.length(1)
    await clock.advance(1)
    expect(attempts()).to.have.length(2)
    attempts()[1]!.answer('allowed')
    expect(await reply).to.deep.equal({ value: 'allowed' })
  })

  it('pays nothing of the limit for hedges for what the peer allowed', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3, {}, 0)
    const reply = outcomeOf(idempotent())
    attempts()[0]!.fail(failing('not-run', { retryAfterMs: 50 }))
    await clock.advance(50)
    expect(attempts()).to.have.length(2)
    attempts()[1]!.answer(1)
    expect(await reply).to.deep.equal({ value: 1 })
  })

  it('tells the failure as it is when nobody is left after the time that the peer asked for', async () => {
    const { clock, attempts, outcomeOf, live } = await seasoned(3)
    const failure = failing('not-run', { retryAfterMs: 50 })
    const reply = outcomeOf(idempotent())
    attempts()[0]!.fail(failure)
    await clock.advance(0)
    live.set([])
    await clock.advance(50)
    expect(await reply).to.equal(failure)
  })

  it('gives up when the peer forbids another attempt, or asks for more time than there is', async () => {
    for (const retryAfterMs of [-1, Number.NaN, 100, 60_000]) {
      const { clock, attempts, outcomeOf } = await seasoned(3)
      const failure = failing('not-run', { retryAfterMs })
      const reply = outcomeOf(idempotent(retryAfterMs === 60_000 ? {} : { deadline: clock.now() + 100 }))
      attempts()[0]!.fail(failure)
      expect(await reply, `${retryAfterMs}`).to.equal(failure)
      expect(clock.pending).to.equal(0)
    }
  })

  it('still waits for the other when one peer forbids another attempt', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(5, { hedges: 3 })
    const reply = outcomeOf(idempotent())
    await clock.advance(8)
    attempts()[0]!.fail(failing('not-run', { retryAfterMs: -1 }))
    await clock.advance(1_000)
    expect(attempts()).to.have.length(2)
    attempts()[1]!.answer('other')
    expect(await reply).to.deep.equal({ value: 'other' })

    const lost = outcomeOf(idempotent())
    await clock.advance(8)
    attempts()[2]!.fail(failing('not-run', { retryAfterMs: -1 }))
    await clock.advance(0)
    const last = failing('not-run')
    attempts()[3]!.fail(last)
    expect(await lost).to.equal(last)
    expect(attempts()).to.have.length(4)
  })

  it('ends at once when the caller goes, also while it waits for a peer that asked for time', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(3)
    const caller = new AbortController()
    const running = outcomeOf(idempotent({ signal: caller.signal }))
    await clock.advance(8)
    const waiting = outcomeOf(idempotent({ signal: caller.signal }))
    const failure = failing('not-run', { retryAfterMs: 500 })
    attempts()[2]!.fail(failure)
    await clock.advance(0)
    caller.abort()
    expect(await running).to.include({ code: 'canceled' })
    expect(await waiting).to.equal(failure)
    expect(clock.pending).to.equal(0)
    expect(getEventListeners(caller.signal, 'abort')).to.have.length(0)
  })

  it('sends nothing more for a caller who has gone, though the peer does not mind the signal', async () => {
    const { clock, attempts, invoke, self, live } = await seasoned(3)
    self.onAttempt = () => {}
    const caller = new AbortController()
    let asked = 0
    const deaf = (): Promise<Reply> => {
      asked++
      return new Promise<Reply>(() => {})
    }
    live.set(live.current.map((peer) => ({ ...peer, invoke: deaf })))
    void invoke(idempotent({ signal: caller.signal }))
    caller.abort()
    await clock.advance(100)
    expect(asked).to.equal(1)
    expect(attempts()).to.have.length(0)
  })

  it('passes the abort of a caller on with its reason, also of one who went before', async () => {
    const { attempts, outcomeOf } = await seasoned(3)
    const reason = new Error('page closed')
    expect(await outcomeOf(idempotent({ signal: AbortSignal.abort(reason) }))).to.include({ code: 'canceled' })
    expect(attempts()).to.have.length(1)
    expect(attempts()[0]!.invocation.signal!.reason).to.equal(reason)
  })

  it('counts a superseded attempt as at least as slow as it was, a fast failure not at all', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(9, { maxExtraPercent: 50 }, 6)
    for (let i = 0; i < 5; i++) {
      const before = attempts().length
      const reply = outcomeOf(idempotent())
      await clock.advance(64)
      attempts()[before + 1]!.answer('56 ms')
      await reply
      const failed = outcomeOf(idempotent())
      attempts().at(-1)!.fail(failing('ran'))
      await failed
    }
    await clock.advance(3_000)
    // Six took 8 ms, five 56 and five at least 64: the median is 56, to the bucket.
    const sent = attempts().length
    const reply = outcomeOf(idempotent())
    await clock.advance(55)
    expect(attempts()).to.have.length(sent + 1)
    await clock.advance(2)
    expect(attempts()).to.have.length(sent + 2)
    attempts().at(-1)!.answer(1)
    await reply
  })

  it('counts what ran into the deadline as that slow', async () => {
    const { clock, attempts, outcomeOf } = await seasoned(9, { maxExtraPercent: 50 }, 6)
    for (let i = 0; i < 7; i++) {
      const reply = outcomeOf(idempotent({ attempt: 2 }))
      await clock.advance(64)
      attempts().at(-1)!.fail(new RpcError('deadline_exceeded', 'too late'))
      await reply
    }
    await clock.advance(3_000)
    const reply = outcomeOf(idempotent())
    await clock.advance(63)
    expect(attempts()).to.have.length(8)
    await clock.advance(1)
    expect(attempts()).to.have.length(9)
    attempts().at(-1)!.answer(1)
    await reply
  })

  it('remembers the latencies of a bounded number of methods', async () => {
    const { clock, attempts, outcomeOf, self } = await seasoned(3)
    self.onAttempt = (attempt) => attempt.answer(1)
    for (let n = 0; n < 256; n++) await outcomeOf(idempotent({ method: `method${n}` }))
    self.onAttempt = () => {}
    const before = attempts().length
    const reply = outcomeOf(idempotent())
    await clock.advance(100)
    expect(attempts()).to.have.length(before + 1)
    attempts().at(-1)!.answer(1)
    await reply
  })

  it('fails as the cluster does when nobody is there', async () => {
    const { outcomeOf, live } = await seasoned(1)
    live.set([])
    const error = (await outcomeOf(idempotent())) as RpcError
    expect(error).to.be.instanceOf(RpcError)
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
  })

  it('holds no listener and no timer after many calls on one signal', async () => {
    const { clock, attempts, self, outcomeOf } = await seasoned(4, { hedges: 2, maxExtraPercent: 50 })
    const caller = new AbortController()
    for (let i = 0; i < 500; i++) {
      const before = attempts().length
      const reply = outcomeOf(idempotent({ signal: caller.signal }))
      if (i % 2 === 0) await clock.advance(8)
      expect(getEventListeners(caller.signal, 'abort')).to.have.length(1)
      const own = attempts().slice(before)
      if (i % 3 === 0) own[0]!.fail(failing('ran'))
      else own.at(-1)!.answer(i)
      await reply
      for (const { invocation } of own) expect(getEventListeners(invocation.signal!, 'abort')).to.have.length(0)
    }
    expect(getEventListeners(caller.signal, 'abort')).to.have.length(0)
    expect(clock.pending).to.equal(0)
    expect(self.attempts.length).to.be.greaterThan(600)
  })

  it('refuses options out of range, with the value', () => {
    const rows: readonly (readonly [HedgingOptions, string])[] = [
      [{ hedges: 0 }, 'hedges must be an integer from 1 to 4, got 0'],
      [{ hedges: 5 }, 'hedges must be an integer from 1 to 4, got 5'],
      [{ hedges: 1.5 }, 'hedges must be an integer from 1 to 4, got 1.5'],
      [{ maxExtraPercent: 0 }, 'maxExtraPercent must be above 0 and below 100, got 0'],
      [{ maxExtraPercent: 100 }, 'maxExtraPercent must be above 0 and below 100, got 100'],
      [{ minDelayMs: 0.9 }, 'minDelayMs must be from 1 to 60000, got 0.9'],
      [{ minDelayMs: 60_001 }, 'minDelayMs must be from 1 to 60000, got 60001'],
    ]
    for (const [options, message] of rows) expect(() => hedging(options)).to.throw(RangeError, message)
    expect(() => hedging({ hedges: 4, minDelayMs: 60_000, maxExtraPercent: 0.5 })).to.not.throw()
  })
})
