import { getEventListeners, setMaxListeners } from 'node:events'
import { chain, cluster, type FailoverOptions, failover, type Peers, retryBudget, roundRobin } from '@kumquat/cluster'
import { Cell, type Invocation, type Invoker, type Outcome, type Reply, RpcError } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, peer } from '../parts.ts'

const failing = (outcome: Outcome, retryable?: boolean): RpcError =>
  new RpcError('unavailable', outcome, { outcome, ...(retryable === undefined ? {} : { retryable }) })

/** A cluster of `size` peers whose n-th attempt of a call is answered by `answer(n)`. */
function setup(size: number, answer: (n: number, invocation: Invocation) => Promise<Reply>, options?: FailoverOptions) {
  const attempts: { id: string; invocation: Invocation }[] = []
  const peers = Array.from({ length: size }, (_, n) => {
    const own = peer(n)
    const invoke: Invoker = (invocation) => {
      attempts.push({ id: own.record.id, invocation })
      return answer(attempts.length, invocation)
    }
    return { ...own, invoke }
  })
  const live = new Cell<Peers>(peers)
  const invoke = cluster({
    peers: live,
    route: chain(),
    balance: roundRobin({ rng: () => 0 }),
    strategy: failover(options),
  })
  const outcomeOf = (invocation: Invocation): Promise<unknown> => invoke(invocation).catch((error: unknown) => error)
  return { live, attempts, invoke, outcomeOf }
}
const asking = (retryAfterMs: number): RpcError =>
  new RpcError('unavailable', 'busy', { outcome: 'not-run', retryAfterMs })
const always = (error: unknown) => () => Promise.reject(error)

describe('failover', () => {
  it('answers with the first success, and passes on the invocation as it came', async () => {
    const { invoke, attempts } = setup(3, async () => ({ value: 42 }))
    const invocation = call()
    expect(await invoke(invocation)).to.deep.equal({ value: 42 })
    expect(attempts.map((one) => one.invocation)).to.deep.equal([invocation])
  })

  it('tries another peer each time, and numbers the attempts', async () => {
    const { invoke, attempts } = setup(5, async (n) => {
      if (n < 3) throw failing('not-run')
      return { value: n }
    })
    expect(await invoke(call())).to.deep.equal({ value: 3 })
    expect(new Set(attempts.map(({ id }) => id)).size).to.equal(3)
    expect(attempts.map(({ invocation }) => invocation.attempt ?? 1)).to.deep.equal([1, 2, 3])
  })

  it('never asks a peer twice and gives up when none is left, for any number of peers and retries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 4 }), async (size, retries) => {
        const { outcomeOf, attempts } = setup(size, always(failing('not-run')), { retries, backoff: () => 0 })
        expect(await outcomeOf(call())).to.be.instanceOf(RpcError)
        expect(attempts).to.have.length(Math.min(size, retries + 1))
        expect(new Set(attempts.map(({ id }) => id)).size).to.equal(attempts.length)
      }),
    )
  })

  it('retries twice by default', async () => {
    const { outcomeOf, attempts } = setup(9, always(failing('not-run')))
    await outcomeOf(call())
    expect(attempts).to.have.length(3)
  })

  for (const { what, error, idempotent, attempts: expected } of [
    { what: 'retries what did not run', error: failing('not-run'), idempotent: false, attempts: 3 },
    { what: 'retries what may have run, if idempotent', error: failing('unknown'), idempotent: true, attempts: 3 },
    { what: 'lets be what may have run, if not', error: failing('unknown'), idempotent: false, attempts: 1 },
    { what: 'lets be what ran, even if idempotent', error: failing('ran'), idempotent: true, attempts: 1 },
    { what: 'retries what ran if its error says so', error: failing('ran', true), idempotent: false, attempts: 3 },
    { what: 'lets be what is no RpcError', error: new Error('bug'), idempotent: true, attempts: 1 },
    { what: 'lets be what only looks like one', error: { outcome: 'not-run' }, idempotent: true, attempts: 1 },
  ]) {
    it(what, async () => {
      const { outcomeOf, attempts } = setup(5, always(error))
      expect(await outcomeOf(call({ idempotent }))).to.equal(error)
      expect(attempts).to.have.length(expected)
    })
  }

  it('stops when the caller has gone', async () => {
    const caller = new AbortController()
    const { outcomeOf, attempts } = setup(3, async () => {
      caller.abort()
      throw failing('not-run')
    })
    await outcomeOf(call({ signal: caller.signal }))
    expect(attempts).to.have.length(1)
  })

  it('stops when the deadline has passed', async () => {
    const clock = handClock()
    const answer = async (n: number): Promise<Reply> => {
      await clock.advance(40)
      throw new RpcError('unavailable', `attempt ${n}`, { outcome: 'not-run' })
    }
    const { outcomeOf, attempts } = setup(5, answer, { retries: 4, clock, backoff: () => 0 })
    await outcomeOf(call({ deadline: 100 }))
    expect(attempts).to.have.length(3)
  })

  it('does not retry what came as a retry, and passes the number on', async () => {
    const { outcomeOf, attempts } = setup(5, always(failing('not-run')))
    await outcomeOf(call({ attempt: 2 }))
    expect(attempts.map(({ invocation }) => invocation.attempt)).to.deep.equal([2])
  })

  it('makes at most one more attempt a layer below when the layer above retries', async () => {
    const below = setup(5, always(failing('not-run')))
    const above = setup(5, (_, invocation) => below.invoke(invocation))
    await above.outcomeOf(call())
    expect(above.attempts).to.have.length(3)
    expect(below.attempts).to.have.length(3 + 1 + 1)
  })

  it('looks at the peers of the moment before each attempt', async () => {
    const { live, outcomeOf, attempts } = setup(1, async () => {
      live.set([...live.current, { ...peer(7), invoke: async () => ({ value: 'newcomer' }) }])
      throw failing('not-run')
    })
    expect(await outcomeOf(call())).to.deep.equal({ value: 'newcomer' })
    expect(attempts).to.have.length(1)
  })

  it('knows a peer it has tried by its id, though its record changed meanwhile', async () => {
    const { live, outcomeOf, attempts } = setup(1, async () => {
      const [only] = live.current
      live.set([{ ...only!, record: { ...only!.record, weight: 7 } }])
      throw failing('not-run')
    })
    await outcomeOf(call())
    expect(attempts).to.have.length(1)
  })

  it('gives the reason of the last attempt, unless that hides that an earlier one may have run', async () => {
    const rows: readonly (readonly [readonly Outcome[], number])[] = [
      [['not-run', 'not-run', 'not-run'], 2],
      [['not-run', 'unknown', 'not-run'], 1],
      [['unknown', 'unknown', 'not-run'], 1],
      [['unknown', 'not-run', 'ran'], 2],
    ]
    for (const [outcomes, told] of rows) {
      const errors = outcomes.map((outcome) => failing(outcome))
      const { outcomeOf } = setup(3, (n) => Promise.reject(errors[n - 1]))
      expect(await outcomeOf(call({ idempotent: true }))).to.equal(errors[told])
    }
  })

  it('refuses a number of retries out of range, with the number', () => {
    for (const retries of [-1, 5, 1.5, Number.NaN]) {
      expect(() => failover({ retries })).to.throw(RangeError, `got ${retries}`)
    }
  })

  describe('before a retry', () => {
    /** How long each of the waits before retries was: attempts fail at once. */
    async function waitsOf(
      errors: readonly unknown[],
      options: FailoverOptions = {},
      invocation = call({ idempotent: true }),
    ) {
      const clock = handClock()
      const begun: number[] = []
      const answer = (n: number): Promise<Reply> => {
        begun.push(clock.now())
        return n > errors.length ? Promise.resolve({ value: n }) : Promise.reject(errors[n - 1])
      }
      const { outcomeOf, attempts } = setup(9, answer, { clock, retries: 4, rng: () => 0.5, ...options })
      const outcome = outcomeOf(invocation)
      await clock.advance(1_000_000)
      expect(clock.pending).to.equal(0)
      return { waits: begun.slice(1).map((at, n) => at - begun[n]!), outcome: await outcome, attempts }
    }

    it('waits not at all if the first attempt did not run, else exponentially with full jitter', async () => {
      const unknown = failing('unknown')
      const notRun = failing('not-run')
      expect((await waitsOf([unknown, unknown, unknown, unknown])).waits).to.deep.equal([12.5, 25, 50, 100])
      expect((await waitsOf([notRun, notRun, notRun, notRun])).waits).to.deep.equal([0, 25, 50, 100])
      expect((await waitsOf([unknown, notRun])).waits).to.deep.equal([12.5, 25])
    })

    it('waits as its backoff says, which is told how many attempts were made', async () => {
      const { waits } = await waitsOf([failing('unknown'), failing('not-run')], { backoff: (retry) => retry * 1_000 })
      expect(waits).to.deep.equal([1_000, 2_000])
    })

    it('waits the time that the peer asks for, longer or shorter than its own', async () => {
      const { waits } = await waitsOf([0, 0.5, 7, 59_999].map((retryAfterMs) => asking(retryAfterMs)))
      expect(waits).to.deep.equal([0, 0.5, 7, 59_999])
    })

    it('gives up when the peer forbids a retry, or asks for a minute or more', async () => {
      for (const retryAfterMs of [-1, -0.001, Number.NaN, 60_000, Number.POSITIVE_INFINITY]) {
        const error = asking(retryAfterMs)
        const { outcome, attempts } = await waitsOf([error])
        expect(attempts, `${retryAfterMs}`).to.have.length(1)
        expect(outcome).to.equal(error)
      }
    })

    it('gives up at once when the wait would outlast the deadline', async () => {
      for (const [error, deadline, expected] of [
        [asking(100), 100, 1],
        [asking(100), 100.1, 2],
        [failing('unknown'), 12.5, 1],
        [failing('unknown'), 13, 2],
      ] as const) {
        const clock = handClock()
        const { outcomeOf, attempts } = setup(2, always(error), { clock, rng: () => 0.5 })
        const outcome = outcomeOf(call({ idempotent: true, deadline }))
        if (expected === 1) expect(await outcome).to.equal(error)
        await clock.advance(0)
        expect(clock.pending).to.equal(expected - 1)
        await clock.advance(200)
        await outcome
        expect(attempts).to.have.length(expected)
      }
    })

    it('ends at once when the caller goes, with what failed, and holds no listener', async () => {
      const clock = handClock()
      const error = failing('unknown')
      const { outcomeOf, attempts } = setup(3, always(error), { clock })
      const caller = new AbortController()
      const outcome = outcomeOf(call({ idempotent: true, signal: caller.signal }))
      await clock.advance(0)
      expect(getEventListeners(caller.signal, 'abort')).to.have.length(1)
      caller.abort()
      expect(await outcome).to.equal(error)
      expect(attempts).to.have.length(1)
      expect(clock.pending).to.equal(0)
      expect(getEventListeners(caller.signal, 'abort')).to.have.length(0)
    })

    it('makes no attempt after a wait that took longer than it should, past the deadline', async () => {
      const clock = handClock()
      let late = 0
      const stalled = { ...clock, now: () => clock.now() + late }
      const error = failing('unknown')
      const { outcomeOf, attempts } = setup(3, always(error), { clock: stalled, rng: () => 0.5 })
      const outcome = outcomeOf(call({ idempotent: true, deadline: 20 }))
      await clock.advance(0)
      late = 10
      await clock.advance(12.5)
      expect(await outcome).to.equal(error)
      expect(attempts).to.have.length(1)
    })

    it('looks at the peers after the wait, and gives up if they are gone', async () => {
      const clock = handClock()
      const error = failing('unknown')
      const { live, outcomeOf, attempts } = setup(3, always(error), { clock })
      const outcome = outcomeOf(call({ idempotent: true }))
      await clock.advance(0)
      live.set([])
      await clock.advance(1_000)
      expect(await outcome).to.equal(error)
      expect(attempts).to.have.length(1)
    })

    it('leaves neither timer nor listener behind many calls', async () => {
      const clock = handClock()
      const { outcomeOf } = setup(
        3,
        (n) => (n % 3 === 0 ? Promise.resolve({ value: n }) : Promise.reject(failing('unknown'))),
        { clock },
      )
      const caller = new AbortController()
      setMaxListeners(0, caller.signal)
      const calls = Array.from({ length: 300 }, () => outcomeOf(call({ idempotent: true, signal: caller.signal })))
      await clock.advance(10_000)
      await Promise.all(calls)
      expect(clock.pending).to.equal(0)
      expect(getEventListeners(caller.signal, 'abort')).to.have.length(0)
    })
  })

  describe('with its budget', () => {
    it('makes at most 20 % more attempts, and the reserve, when everything fails', async () => {
      const clock = handClock()
      const { outcomeOf, attempts } = setup(5, always(failing('not-run')), { clock, backoff: () => 0 })
      for (let i = 0; i < 1_000; i++) await outcomeOf(call())
      expect(attempts).to.have.length(1_000 + 200 + 100)
    })

    it('says in the failure that the budget is empty, and changes nothing else of it', async () => {
      const budget = retryBudget({ percent: 0, minPerSecond: 0 })
      const failure = new RpcError('resource_exhausted', 'too many', {
        outcome: 'ran',
        retryable: true,
        retryAfterMs: 0,
        details: [{ limit: 5 }],
      })
      const { outcomeOf, attempts } = setup(5, always(failure), { budget })
      const told = (await outcomeOf(call())) as RpcError
      expect(attempts).to.have.length(1)
      expect(told).to.be.instanceOf(RpcError)
      expect(told).to.include({
        ...{ code: 'resource_exhausted', message: 'too many', outcome: 'ran', retryable: true, retryAfterMs: 0 },
        cause: failure,
      })
      expect(told.details).to.deep.equal([{ limit: 5 }, { note: 'not tried again: the retry budget is empty' }])
      expect(failure.details).to.deep.equal([{ limit: 5 }])
    })

    it('invents no facts when it adds that note', async () => {
      const budget = retryBudget({ percent: 0, minPerSecond: 0 })
      const { outcomeOf } = setup(5, always(failing('not-run')), { budget })
      const told = (await outcomeOf(call())) as RpcError
      expect('retryable' in told).to.equal(false)
      expect('retryAfterMs' in told).to.equal(false)
      expect(told.details).to.deep.equal([{ note: 'not tried again: the retry budget is empty' }])
    })

    it('does not speak of the budget when it would not have tried again anyway', async () => {
      const budget = retryBudget({ percent: 0, minPerSecond: 0 })
      for (const [size, error] of [
        [5, failing('ran')],
        [1, failing('not-run')],
      ] as const) {
        const { outcomeOf } = setup(size, always(error), { budget })
        expect(await outcomeOf(call())).to.equal(error)
      }
    })

    it('pays into a budget shared with others for each call, except for what came as a retry', async () => {
      const clock = handClock()
      const budget = retryBudget({ minPerSecond: 0, clock })
      const one = setup(2, async () => ({ value: 1 }), { budget })
      const other = setup(2, always(failing('not-run')), { budget })
      for (let i = 0; i < 4; i++) await one.invoke(call())
      await one.invoke(call({ attempt: 2 }))
      expect(budget.balance).to.equal(0)
      await other.outcomeOf(call())
      expect(other.attempts).to.have.length(2)
      expect(budget.balance).to.equal(0)
      await other.outcomeOf(call())
      expect(other.attempts).to.have.length(3)
    })

    it('pays nothing for a retry that nobody is left for', async () => {
      const clock = handClock()
      const budget = retryBudget({ clock })
      await setup(1, always(failing('not-run')), { budget }).outcomeOf(call())
      expect(budget.balance).to.equal(100)
    })
  })

  it('follows a cluster that is down without a peer to try', async () => {
    const { outcomeOf } = setup(0, always(failing('not-run')))
    expect(await outcomeOf(call())).to.include({ code: 'unavailable', outcome: 'not-run' })
  })
})
