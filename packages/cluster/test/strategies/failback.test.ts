import { type Dropped, type FailbackOptions, failback, retryBudget } from '@kumquat/cluster'
import type { RpcError } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call } from '../parts.ts'
import { failing, stage } from './stage.ts'

function setup(size: number, options: FailbackOptions = {}) {
  const clock = handClock()
  const dropped: Dropped[] = []
  const strategy = failback({ clock, rng: () => 0.5, onDrop: (one) => void dropped.push(one), ...options })
  const theatre = stage(size, strategy)
  return { theatre, clock, strategy, dropped }
}

describe('failback', () => {
  it('answers with nothing at once when a call fails, and tries another peer later until it succeeds', async () => {
    const { theatre, clock, strategy, dropped } = setup(2)
    theatre.onAttempt = ({ fail, answer }, n) => (n < 3 ? fail(failing('not-run')) : answer('late'))
    expect(await theatre.invoke(call())).to.deep.equal({ value: undefined })
    expect(strategy.waiting).to.equal(1)
    await clock.advance(2_499)
    expect(theatre.attempts).to.have.length(1)
    await clock.advance(1)
    expect(theatre.attempts).to.have.length(2)
    expect(strategy.waiting).to.equal(1)
    await clock.advance(4_999)
    expect(theatre.attempts).to.have.length(2)
    await clock.advance(1)
    expect(theatre.attempts).to.have.length(3)
    expect(strategy.waiting).to.equal(0)
    const [first, second, third] = theatre.attempts
    expect(first!.id).to.not.equal(second!.id)
    expect(second!.id).to.not.equal(third!.id)
    expect(theatre.attempts.map(({ invocation }) => invocation.attempt)).to.deep.equal([undefined, 2, 3])
    await clock.advance(1_000_000)
    expect(theatre.attempts).to.have.length(3)
    expect(clock.pending).to.equal(0)
    expect(dropped).to.deep.equal([])
  })

  it('tries another peer than the last one, also if it were the turn of that', async () => {
    const { theatre, clock } = setup(2)
    theatre.onAttempt = ({ fail, answer }, n) => (n === 2 ? answer('between') : fail(failing('not-run')))
    await theatre.invoke(call())
    await theatre.invoke(call({ method: 'searchMovies' }))
    await clock.advance(2_500)
    const [first, , retry] = theatre.attempts
    expect(retry!.invocation.method).to.equal(first!.invocation.method)
    expect(retry!.id).to.not.equal(first!.id)
  })

  it('waits no longer than a timer can', async () => {
    const { theatre, clock } = setup(2)
    theatre.onAttempt = ({ fail }) => fail(failing('not-run', { retryAfterMs: 1e15 }))
    await theatre.invoke(call())
    await clock.advance(2 ** 31 - 2)
    expect(theatre.attempts).to.have.length(1)
    await clock.advance(1)
    expect(theatre.attempts).to.have.length(2)
  })

  it('passes on what succeeds', async () => {
    const { theatre, clock } = setup(2)
    theatre.onAttempt = ({ answer }) => answer('now')
    expect(await theatre.invoke(call())).to.deep.equal({ value: 'now' })
    expect(clock.pending).to.equal(0)
  })

  it('gives up after three further attempts, and tells', async () => {
    const { theatre, clock, strategy, dropped } = setup(2)
    const errors = [1, 2, 3, 4].map(() => failing('not-run'))
    theatre.onAttempt = ({ fail }, n) => fail(errors[n - 1])
    const invocation = call()
    await theatre.invoke(invocation)
    await clock.advance(2_500 + 5_000 + 9_999)
    expect(theatre.attempts).to.have.length(3)
    expect(dropped).to.deep.equal([])
    await clock.advance(1)
    expect(theatre.attempts).to.have.length(4)
    expect(dropped).to.deep.equal([{ invocation, error: errors[3], reason: 'retries' }])
    expect(strategy.waiting).to.equal(0)
    expect(clock.pending).to.equal(0)
  })

  it('gives each further attempt a time of its own, free of the deadline and the signal of the caller', async () => {
    const { theatre, clock } = setup(2)
    const caller = new AbortController()
    theatre.onAttempt = ({ fail }, n) => n === 1 && fail(failing('not-run'))
    await theatre.invoke(call({ deadline: 5, signal: caller.signal }))
    caller.abort()
    await clock.advance(2_500)
    expect(theatre.attempts[1]!.invocation.deadline).to.equal(2_500 + 3_000)
    expect(theatre.attempts[1]!.invocation.signal!.aborted).to.equal(false)
    theatre.attempts[1]!.answer(1)
  })

  it('throws what must not be repeated, what came as a retry, and what its caller called off', async () => {
    const gone = new AbortController()
    for (const [error, invocation] of [
      [failing('ran'), call({ idempotent: true })],
      [failing('unknown'), call()],
      [new Error('bug'), call({ idempotent: true })],
      [failing('not-run', { retryAfterMs: -1 }), call()],
      [failing('not-run'), call({ attempt: 2 })],
      [failing('unknown'), call({ signal: gone.signal, idempotent: true })],
    ] as const) {
      const { theatre, clock, strategy } = setup(2)
      theatre.onAttempt = ({ fail }) => {
        gone.abort()
        fail(error)
      }
      const told = await theatre.outcomeOf(invocation)
      if (invocation.signal === undefined) expect(told).to.equal(error)
      else expect(told).to.include({ code: 'canceled', outcome: 'unknown' })
      expect(strategy.waiting).to.equal(0)
      expect(clock.pending).to.equal(0)
    }
  })

  it('accepts what may have run if it is idempotent, what its author calls retryable, and when nobody is there', async () => {
    for (const [error, invocation] of [
      [failing('unknown'), call({ idempotent: true })],
      [failing('ran', { retryable: true }), call()],
    ] as const) {
      const { theatre, strategy } = setup(2)
      theatre.onAttempt = ({ fail }) => fail(error)
      expect(await theatre.invoke(invocation)).to.deep.equal({ value: undefined })
      expect(strategy.waiting).to.equal(1)
    }
    const { theatre, clock, strategy } = setup(1)
    const [only] = theatre.live.current
    theatre.live.set([])
    expect(await theatre.invoke(call())).to.deep.equal({ value: undefined })
    theatre.live.set([only!])
    theatre.onAttempt = ({ answer }) => answer(1)
    await clock.advance(2_500)
    expect(strategy.waiting).to.equal(0)
    expect(theatre.attempts).to.have.length(1)
  })

  it('drops what turns out not to be safe to repeat', async () => {
    for (const error of [failing('ran'), new Error('bug'), failing('not-run', { retryAfterMs: Number.NaN })]) {
      const { theatre, clock, dropped, strategy } = setup(2)
      theatre.onAttempt = ({ fail }, n) => fail(n === 1 ? failing('not-run') : error)
      await theatre.invoke(call())
      await clock.advance(2_500)
      expect(dropped.map(({ reason }) => reason)).to.deep.equal(['unsafe'])
      expect(dropped[0]!.error).to.equal(error)
      expect(strategy.waiting).to.equal(0)
      expect(clock.pending).to.equal(0)
    }
  })

  it('waits the time that the peer asks for if that is longer than its own', async () => {
    for (const [retryAfterMs, expected] of [
      [9_000, 9_000],
      [10, 2_500],
    ] as const) {
      const { theatre, clock } = setup(2)
      theatre.onAttempt = ({ fail }) => fail(failing('not-run', { retryAfterMs }))
      await theatre.invoke(call())
      await clock.advance(expected - 1)
      expect(theatre.attempts).to.have.length(1)
      await clock.advance(1)
      expect(theatre.attempts).to.have.length(2)
    }
  })

  it('throws the failure when a hundred calls wait, and says so', async () => {
    const { theatre, clock, strategy, dropped } = setup(2)
    const failure = failing('not-run')
    theatre.onAttempt = ({ fail }) => fail(failure)
    for (let i = 0; i < 100; i++) expect(await theatre.outcomeOf(call())).to.deep.equal({ value: undefined })
    const told = (await theatre.outcomeOf(call())) as RpcError
    expect(told).to.include({ code: 'unavailable', outcome: 'not-run', message: 'not-run', cause: failure })
    expect(told.details).to.deep.equal([{ note: 'not tried again: 100 calls wait already' }])
    expect(strategy.waiting).to.equal(100)
    expect(dropped).to.deep.equal([])
    await clock.advance(1_000_000)
    expect(strategy.waiting).to.equal(0)
  })

  it('counts an attempt as failed for which the budget has nothing left', async () => {
    const budget = retryBudget({ percent: 0, minPerSecond: 0 })
    const { theatre, clock, dropped } = setup(2, { budget })
    const failure = failing('not-run')
    theatre.onAttempt = ({ fail }) => fail(failure)
    await theatre.invoke(call())
    await clock.advance(1_000_000)
    expect(theatre.attempts).to.have.length(1)
    expect(dropped.map(({ error, reason }) => ({ error, reason }))).to.deep.equal([
      { error: failure, reason: 'retries' },
    ])
  })

  it('pays into the budget for each call, except for what came as a retry', async () => {
    const clock = handClock()
    const budget = retryBudget({ minPerSecond: 0, clock })
    const { theatre } = setup(2, { budget, clock })
    theatre.onAttempt = ({ answer }) => answer(1)
    for (let i = 0; i < 4; i++) await theatre.invoke(call())
    await theatre.invoke(call({ attempt: 2 }))
    expect(budget.balance).to.equal(0)
    await theatre.invoke(call())
    expect(budget.balance).to.equal(1)
  })

  it('gives up all that waits or runs when it is disposed, tells each once, and accepts nothing more', async () => {
    const { theatre, clock, strategy, dropped } = setup(2)
    theatre.onAttempt = ({ fail }, n) => n !== 3 && fail(failing('not-run'))
    await theatre.invoke(call({ method: 'runs' }))
    await clock.advance(1_000)
    await theatre.invoke(call({ method: 'waits' }))
    await clock.advance(1_500)
    expect(theatre.attempts).to.have.length(3)
    strategy[Symbol.dispose]()
    expect(dropped.map(({ invocation, reason }) => [invocation.method, reason])).to.deep.equal([
      ['runs', 'disposed'],
      ['waits', 'disposed'],
    ])
    expect(theatre.attempts[2]!.invocation.signal!.aborted).to.equal(true)
    expect(strategy.waiting).to.equal(0)
    expect(clock.pending).to.equal(0)
    await clock.advance(1_000_000)
    expect(dropped).to.have.length(2)
    expect(theatre.attempts).to.have.length(3)
    const told = (await theatre.outcomeOf(call())) as RpcError
    expect(told.details).to.deep.equal([{ note: 'not tried again: failback is disposed' }])
    expect(strategy.waiting).to.equal(0)
    strategy[Symbol.dispose]()
    expect(dropped).to.have.length(2)
  })

  it('waits at most a minute by default, and as its backoff says otherwise', async () => {
    const { theatre, clock, dropped } = setup(2, { retries: 10, rng: () => 0.999_999 })
    theatre.onAttempt = ({ fail }) => fail(failing('not-run'))
    await theatre.invoke(call())
    await clock.advance(5_000 + 10_000 + 20_000 + 40_000 + 6 * 60_000)
    expect(theatre.attempts).to.have.length(11)
    expect(dropped).to.have.length(1)

    const quick = setup(2, { backoff: (retry) => retry, retries: 2 })
    quick.theatre.onAttempt = ({ fail }) => fail(failing('not-run'))
    await quick.theatre.invoke(call())
    await quick.clock.advance(3)
    expect(quick.theatre.attempts).to.have.length(3)
    expect(quick.dropped).to.have.length(1)
  })

  it('refuses options out of range, with the value', () => {
    const rows: readonly (readonly [FailbackOptions, string])[] = [
      [{ retries: 0 }, 'retries must be an integer from 1 to 10, got 0'],
      [{ retries: 11 }, 'retries must be an integer from 1 to 10, got 11'],
      [{ retries: 1.5 }, 'retries must be an integer from 1 to 10, got 1.5'],
      [{ capacity: 0 }, 'capacity must be an integer of at least 1, got 0'],
      [{ capacity: 1.5 }, 'capacity must be an integer of at least 1, got 1.5'],
      [{ timeoutMs: 0 }, 'timeoutMs must be a number of ms above 0, got 0'],
      [{ timeoutMs: Number.POSITIVE_INFINITY }, 'timeoutMs must be a number of ms above 0, got Infinity'],
    ]
    for (const [options, message] of rows) expect(() => failback(options)).to.throw(RangeError, message)
    failback({ retries: 1, capacity: 1, timeoutMs: 0.5 })
  })
})
