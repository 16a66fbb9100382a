import { type Load, type LoadMetric, peakEwma } from '@kumquat/cluster'
import { RpcError, type RpcErrorCode } from '@kumquat/core'
import { type HandClock, handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call } from '../parts.ts'

/** A call of so many ms that ends well. */
async function took(clock: HandClock, load: Load, ms: number): Promise<void> {
  const ended = load.begin(call())
  await clock.advance(ms)
  ended({ value: 1 })
}

async function failed(clock: HandClock, load: Load, ms: number, error: unknown): Promise<void> {
  const ended = load.begin(call())
  await clock.advance(ms)
  ended(undefined, error)
}

/** Gauges of one metric, as of several peers. */
function gauges(count: number, options: { decayMs?: number } = {}) {
  const clock = handClock({ startMs: 5_000 })
  const metric: LoadMetric = peakEwma({ clock, ...options })
  const other = metric()
  /** So many ms without a call, until one begins at another peer. */
  const idle = async (ms: number): Promise<void> => {
    await clock.advance(ms)
    other.begin(call())
  }
  return { clock, idle, loads: Array.from({ length: count }, metric) as [Load, Load] }
}

const refused = new RpcError('unavailable', 'refused', { outcome: 'not-run' })

describe('peakEwma', () => {
  it('is 0 for a peer never called, and beyond all measure while its first calls are under way', () => {
    const [load] = gauges(1).loads
    expect(load.value).to.equal(0)
    const ended = load.begin(call())
    expect(load.value).to.equal(2 * 2 ** 32)
    load.begin(call())
    expect(load.value).to.equal(3 * 2 ** 32)
    ended({ value: 1 })
    expect(load.value).to.equal(2 * 0.5)
  })

  it('is the response time of the first call, times the calls in flight and this one', async () => {
    const { clock, loads } = gauges(1)
    await took(clock, loads[0], 40)
    expect(loads[0].value).to.equal(40)
    loads[0].begin(call())
    loads[0].begin(call())
    expect(loads[0].value).to.equal(120)
  })

  it('follows a rise at once, and a fall by age', async () => {
    const { clock, loads } = gauges(1)
    const [load] = loads
    await took(clock, load, 40)
    await took(clock, load, 100)
    expect(load.value).to.equal(100)
    await took(clock, load, 50)
    const left = Math.exp(-50 / 10_000)
    expect(load.value).to.be.closeTo(50 * (1 - left) + 100 * left, 1e-9)
  })

  it('takes a time for a rise that is above what the peer has been forgiven down to', async () => {
    const { clock, idle, loads } = gauges(1, { decayMs: 1_000 })
    const [load] = loads
    await took(clock, load, 100)
    await idle(920)
    await took(clock, load, 80)
    // Forgiven down to 50 + 50 / e by then, which is less than 80.
    expect(load.value).to.equal(80)
  })

  it('forgives who is not called with time, down to half of what is usual among all', async () => {
    const { clock, idle, loads } = gauges(2, { decayMs: 1_000 })
    const [slow, usual] = loads
    await took(clock, usual, 10)
    await took(clock, slow, 1_010)
    // Of 50 successes the latest counts for one.
    const floor = (10 + 1_000 / 50) / 2
    expect(slow.value).to.equal(1_010)
    await idle(1_000)
    expect(slow.value).to.be.closeTo(floor + (1_010 - floor) / Math.E, 1e-9)
    await idle(60_000)
    expect(slow.value).to.be.closeTo(floor, 1e-9)
    // It was never that slow.
    expect(usual.value).to.be.closeTo(10, 1e-9)
  })

  it('decays in 10 s by default', async () => {
    const { clock, idle, loads } = gauges(1)
    await took(clock, loads[0], 100)
    await idle(10_000)
    expect(loads[0].value).to.be.closeTo(50 + 50 / Math.E, 1e-9)
  })

  it('is as of the time at which a call last began or ended at any peer of the metric', async () => {
    const { clock, idle, loads } = gauges(1)
    await took(clock, loads[0], 100)
    await clock.advance(10_000)
    expect(loads[0].value).to.equal(100)
    await idle(0)
    expect(loads[0].value).to.be.closeTo(50 + 50 / Math.E, 1e-9)
  })

  it('counts times below half a millisecond as that much', async () => {
    const { clock, loads } = gauges(1)
    await took(clock, loads[0], 0.25)
    expect(loads[0].value).to.equal(0.5)
  })

  it('takes a failure for no faster than usual', async () => {
    const { clock, loads } = gauges(2)
    const [good, bad] = loads
    await took(clock, good, 64)
    await failed(clock, bad, 1, refused)
    expect(bad.value).to.be.closeTo(64 / (7 / 8), 1e-9)
    await failed(clock, bad, 1_000, refused)
    expect(bad.value).to.be.above(1_000 / (7 / 8))
  })

  it('learns what is usual from successes alone', async () => {
    const { clock, idle, loads } = gauges(2)
    const [good, bad] = loads
    await failed(clock, bad, 3_000, refused)
    await took(clock, good, 8)
    await failed(clock, good, 3_000, refused)
    await idle(1_000_000)
    expect(bad.value).to.be.closeTo(4, 1e-6)
  })

  it('makes a peer that fails at once ever less attractive, and in the end like new', async () => {
    const { clock, idle, loads } = gauges(2)
    const [good, bad] = loads
    await took(clock, good, 10)
    let before = 0
    for (let i = 0; i < 40; i++) {
      await failed(clock, bad, 1, refused)
      expect(bad.value).to.be.above(before)
      before = bad.value
    }
    expect(before).to.be.above(32 * 10)
    for (let i = 0; i < 100; i++) await failed(clock, bad, 0, refused)
    expect(bad.value).to.be.closeTo(1_024 * 10, 50)
    await idle(200_000)
    expect(bad.value).to.be.closeTo(5, 1e-3)
  })

  it('trusts a peer again that succeeds', async () => {
    const { clock, loads } = gauges(1)
    const [load] = loads
    await took(clock, load, 0)
    await failed(clock, load, 0, refused)
    expect(load.value).to.equal(0.5 / (7 / 8))
    await took(clock, load, 0)
    expect(load.value).to.equal(0.5 / (7 / 8 + 1 / 64))
  })

  it('loses no trust over an answer that the question deserves, nor does it look faster for it', async () => {
    const codes: readonly RpcErrorCode[] = [
      'invalid_argument',
      'not_found',
      'already_exists',
      'permission_denied',
      'failed_precondition',
      'aborted',
      'out_of_range',
      'unauthenticated',
    ]
    for (const code of codes) {
      const { clock, loads } = gauges(2)
      const [good, asked] = loads
      await took(clock, good, 16)
      await failed(clock, asked, 1, new RpcError(code, 'no', { outcome: 'ran' }))
      expect(asked.value, code).to.equal(16)
    }
  })

  it('loses trust over all other errors', async () => {
    const others: readonly unknown[] = [
      new RpcError('not_found', 'no such method here', { outcome: 'not-run' }),
      new RpcError('internal', 'a bug', { outcome: 'ran' }),
      new RpcError('deadline_exceeded', 'too late'),
      new RpcError('resource_exhausted', 'busy', { outcome: 'not-run' }),
      new Error('not of this framework'),
      undefined,
    ]
    for (const error of others) {
      const { clock, loads } = gauges(1)
      await took(clock, loads[0], 0)
      await failed(clock, loads[0], 0, error)
      expect(loads[0].value, String(error)).to.equal(0.5 / (7 / 8))
    }
  })

  it('learns from a call that was given up only that it would have taken longer', async () => {
    const aborted = new Error('given up')
    aborted.name = 'AbortError'
    for (const error of [new RpcError('canceled', 'given up'), aborted]) {
      const { clock, loads } = gauges(1)
      const [load] = loads
      await took(clock, load, 50)
      await failed(clock, load, 0, error)
      expect(load.value).to.equal(50)
      await failed(clock, load, 20, error)
      expect(load.value).to.be.closeTo(25 + 25 * Math.exp(-20 / 10_000), 1e-9)
      await failed(clock, load, 80, error)
      expect(load.value).to.equal(80)
    }
  })

  it('counts a stream while it is in flight, and learns from its end but not from its length', async () => {
    const { clock, loads } = gauges(1)
    const [load] = loads
    await took(clock, load, 50)
    for (const end of [{ value: undefined }, undefined]) {
      const ended = load.begin(call({ stream: 'server' }))
      expect(load.value).to.equal(2 * 50)
      await clock.advance(3_600_000)
      ended(end, end === undefined ? new RpcError('canceled', 'read enough') : undefined)
      await took(clock, load, 50)
      expect(load.value).to.equal(50)
    }
    const ended = load.begin(call({ stream: 'server' }))
    ended(undefined, refused)
    expect(load.value).to.be.closeTo(50 / (7 / 8), 0.01)
  })

  it('keeps the peers of a metric apart, and metrics apart', async () => {
    const { clock, loads } = gauges(2)
    await took(clock, loads[0], 40)
    expect(loads[1].value).to.equal(0)
  })

  it('refuses a decay out of range, with the number', () => {
    for (const decayMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => peakEwma({ decayMs })).to.throw(RangeError, `decayMs must be a number above 0, got ${decayMs}`)
    }
    expect(peakEwma({ decayMs: 0.1 })().value).to.equal(0)
  })
})
