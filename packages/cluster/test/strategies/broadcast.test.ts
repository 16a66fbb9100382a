import { type BroadcastOptions, broadcast } from '@kumquat/cluster'
import { type Outcome, RpcError } from '@kumquat/core'
import { expect } from 'chai'
import { call } from '../parts.ts'
import { failing, stage } from './stage.ts'

/** What comes of a call at so many peers, of which those with these numbers, from 1, fail so. */
function told(size: number, failures: Readonly<Record<number, unknown>>, options?: BroadcastOptions) {
  const theatre = stage(size, broadcast(options))
  theatre.onAttempt = ({ id, answer, fail }, n) => (n in failures ? fail(failures[n]) : answer(id))
  return { theatre, outcome: theatre.outcomeOf(call()) as Promise<RpcError> }
}
const fails = (...numbers: readonly number[]): Readonly<Record<number, unknown>> =>
  Object.fromEntries(numbers.map((n) => [n, failing('unknown')]))

describe('broadcast', () => {
  it('tells every peer at once, and answers with the reply of the first in the set', async () => {
    const theatre = stage(4, broadcast())
    const reply = theatre.invoke(call())
    expect(theatre.attempts.map(({ id }) => id)).to.deep.equal(theatre.live.current.map(({ record }) => record.id))
    for (const { id, answer } of [...theatre.attempts].reverse()) answer(id)
    expect(await reply).to.deep.equal({ value: theatre.attempts[0]!.id })
  })

  it('tells the others when one fails, and fails then', async () => {
    const { theatre, outcome } = told(3, fails(1))
    const error = await outcome
    expect(theatre.attempts).to.have.length(3)
    const { id } = theatre.attempts[0]!
    expect(error).to.include({
      code: 'unavailable',
      outcome: 'ran',
      message: `getMovieById failed at 1 of 3 peers, more than 0 % (${id}: unknown)`,
    })
    expect(error.cause).to.be.instanceOf(RpcError)
    expect(error.details).to.deep.equal([{ peer: id, code: 'unavailable', outcome: 'unknown', message: 'unknown' }])
  })

  it('honours the share that may fail, to the peer', async () => {
    for (const [size, failed, maxFailedPercent, succeeds] of [
      [4, [1], 25, true],
      [4, [1], 24.9, false],
      [4, [1, 2], 25, false],
      [4, [1, 2, 3], 75, true],
      [3, [1], 33, false],
      [3, [1], 34, true],
      [4, [1, 2, 3], 100, true],
      [4, [1, 2, 3, 4], 100, false],
    ] as const) {
      const { theatre, outcome } = told(size, fails(...failed), { maxFailedPercent })
      const what = `${failed.length} of ${size} at ${maxFailedPercent} %`
      if (succeeds) expect(await outcome, what).to.deep.equal({ value: theatre.attempts[failed.length]!.id })
      else expect(await outcome, what).to.be.instanceOf(RpcError)
      expect(theatre.attempts).to.have.length(size)
    }
  })

  it('says so when it failed everywhere, and names three peers', async () => {
    const { theatre, outcome } = told(5, fails(1, 2, 3, 4, 5), { maxFailedPercent: 100 })
    const error = await outcome
    const [a, b, c] = theatre.attempts.map(({ id }) => id)
    expect(error.message).to.equal(
      `getMovieById failed at every peer (${a}: unknown; ${b}: unknown; ${c}: unknown, and 2 more)`,
    )
    expect(error.details).to.have.length(5)
  })

  it('may be repeated only if it ran nowhere', async () => {
    const rows: readonly (readonly [readonly (Outcome | 'done')[], Outcome])[] = [
      [['not-run', 'not-run'], 'not-run'],
      [['not-run', 'unknown'], 'unknown'],
      [['unknown', 'unknown'], 'unknown'],
      [['unknown', 'ran'], 'ran'],
      [['not-run', 'done'], 'ran'],
    ]
    for (const [outcomes, expected] of rows) {
      const failures = Object.fromEntries(
        outcomes.flatMap((outcome, n) => (outcome === 'done' ? [] : [[n + 1, failing(outcome)]])),
      )
      expect((await told(2, failures).outcome).outcome, outcomes.join()).to.equal(expected)
    }
  })

  it('tells of what is no RpcError too', async () => {
    const { outcome } = told(2, { 1: new TypeError('bug'), 2: 'text' })
    const error = await outcome
    expect(error).to.include({ code: 'unknown', outcome: 'unknown' })
    const facts = { code: 'unknown', outcome: 'unknown' }
    expect(error.details![0]).to.deep.include({ ...facts, message: 'bug' })
    expect(error.details![1]).to.deep.include({ ...facts, message: 'text' })
  })

  it('tells at most a hundred failures', async () => {
    const error = await told(120, fails(...Array.from({ length: 120 }, (_, n) => n + 1))).outcome
    expect(error.details).to.have.length(100)
    expect(error.message).to.match(/, and 117 more\)$/)
  })

  it('asks so many at one time, a hundred by default', async () => {
    for (const [options, expected] of [
      [{}, 100],
      [{ concurrency: 2 }, 2],
      [{ concurrency: 1 }, 1],
    ] as const) {
      const theatre = stage(150, broadcast(options))
      const reply = theatre.invoke(call())
      expect(theatre.attempts).to.have.length(expected)
      for (let n = 0; n < 150; n++) {
        theatre.attempts[n]!.answer(n)
        await new Promise((resolve) => setImmediate(resolve))
        expect(theatre.attempts).to.have.length(Math.min(150, expected + n + 1))
      }
      expect(await reply).to.deep.equal({ value: 0 })
    }
  })

  it('does not ask the rest when the caller has gone', async () => {
    const caller = new AbortController()
    const theatre = stage(5, broadcast({ concurrency: 2 }))
    const outcome = theatre.outcomeOf(call({ signal: caller.signal })) as Promise<RpcError>
    caller.abort()
    const error = await outcome
    expect(theatre.attempts).to.have.length(2)
    expect(error).to.include({ code: 'canceled', outcome: 'unknown' })
    expect(error.details![4]).to.deep.include({
      code: 'canceled',
      outcome: 'not-run',
      message: 'not sent: the caller has gone',
    })
  })

  it('does not take a turn of the balancer', async () => {
    const { live } = stage(2, broadcast())
    const pick = (): never => {
      throw new Error('asked the balancer')
    }
    const peers = live.current.map((peer) => ({ ...peer, invoke: async () => ({ value: 1 }) }))
    const invoke = broadcast()({ candidates: () => peers, pick })
    expect(await invoke(call())).to.deep.equal({ value: 1 })
  })

  it('fails as the cluster does when nobody is there', async () => {
    expect(await told(0, {}).outcome).to.include({ code: 'unavailable', outcome: 'not-run' })
  })

  it('refuses options out of range, with the value', () => {
    const rows: readonly (readonly [BroadcastOptions, string])[] = [
      [{ maxFailedPercent: -1 }, 'maxFailedPercent must be from 0 to 100, got -1'],
      [{ maxFailedPercent: 101 }, 'maxFailedPercent must be from 0 to 100, got 101'],
      [{ concurrency: 0 }, 'concurrency must be an integer of at least 1, got 0'],
      [{ concurrency: 1.5 }, 'concurrency must be an integer of at least 1, got 1.5'],
    ]
    for (const [options, message] of rows) expect(() => broadcast(options)).to.throw(RangeError, message)
  })
})
