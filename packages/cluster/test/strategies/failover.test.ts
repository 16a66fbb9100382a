import { chain, cluster, type FailoverOptions, failover, type Peers, roundRobin } from '@kumquat/cluster'
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
})
