import { type LaneComparison, type LaneComparisonOptions, laneComparison } from '@kumquat/cluster'
import { GRAY_LANE, type ObservedEnd, RPC_ERROR_CODES, STABLE_LANE } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'

const ended = (known: Partial<ObservedEnd> = {}): ObservedEnd => ({
  kind: 'attempt',
  service: { app: 'movie', group: 'catalog' },
  method: 'getMovieById',
  lane: GRAY_LANE,
  caller: 'shop',
  code: 'ok',
  durationMs: 8,
  ...known,
})
const told = (options: LaneComparisonOptions, ...ends: readonly Partial<ObservedEnd>[]): LaneComparison => {
  const comparison = laneComparison({ clock: handClock(), ...options })
  for (const end of ends) {
    comparison.started(ended(end))
    comparison.ended(ended(end))
  }
  return comparison
}
const times = (count: number, known: Partial<ObservedEnd>): Partial<ObservedEnd>[] => new Array(count).fill(known)

describe('laneComparison', () => {
  it('knows calls, errors and percentiles of either lane', () => {
    const { gray, stable } = told(
      {},
      ...times(98, { durationMs: 8 }),
      { durationMs: 64 },
      { durationMs: 128 },
      { durationMs: 1, code: 'internal' },
      { lane: STABLE_LANE, durationMs: 16 },
    ).figures()
    expect(gray).to.deep.equal({ calls: 101, errors: 1, durationMs: { p50: 8, p95: 8, p99: 64 } })
    expect(stable).to.deep.equal({ calls: 1, errors: 0, durationMs: { p50: 16, p95: 16, p99: 16 } })
  })

  it('knows no percentile of a lane without a call that went well', () => {
    const nothing = { calls: 0, errors: 0 }
    expect(laneComparison().figures()).to.deep.equal({ gray: nothing, stable: nothing })
    expect(told({}, { code: 'unavailable' }).figures().gray).to.deep.equal({ calls: 1, errors: 1 })
  })

  it('takes for errors what a caller is not to blame for, and leaves out canceled calls', () => {
    const errors = RPC_ERROR_CODES.filter((code) => told({}, { code }).figures().gray.errors === 1)
    expect(errors).to.have.members([
      'unknown',
      'deadline_exceeded',
      'resource_exhausted',
      'unimplemented',
      'internal',
      'unavailable',
      'data_loss',
    ])
    expect(told({}, { code: 'canceled' }, { code: 'not_found' }).figures().gray).to.include({ calls: 1, errors: 0 })
  })

  it('takes another judgement of codes', () => {
    const failed: LaneComparisonOptions = { failed: (code) => code === 'not_found' }
    const { gray } = told(failed, { code: 'not_found' }, { code: 'internal' }, { code: 'ok' }).figures()
    expect(gray).to.include({ calls: 3, errors: 1 })
  })

  it('counts attempts, unless told otherwise', () => {
    const kinds = [{ kind: 'attempt' }, { kind: 'call' }, { kind: 'served' }] as const
    expect(told({}, ...kinds).figures().gray.calls).to.equal(1)
    expect(told({ counts: ({ kind }) => kind !== 'attempt' }, ...kinds).figures().gray.calls).to.equal(2)
    expect(told({ counts: ({ method }) => method === 'x' }, {}, { method: 'x' }).figures().gray.calls).to.equal(1)
  })

  it('leaves out other lanes', () => {
    const { gray, stable } = told({}, { lane: 'blue' }, { lane: '__proto__' }).figures()
    expect([gray.calls, stable.calls]).to.deep.equal([0, 0])
  })

  it('forgets after five minutes, or after another time', async () => {
    for (const [options, windowMs] of [[{}, 300_000] as const, [{ windowMs: 1_000 }, 1_000] as const]) {
      const clock = handClock()
      const comparison = told({ ...options, clock }, {})
      await clock.advance(windowMs - 1)
      expect(comparison.figures().gray.calls).to.equal(1)
      await clock.advance(1)
      expect(comparison.figures().gray.calls).to.equal(0)
    }
  })

  it('gives a verdict by the limits that it was given', () => {
    const bad = [...times(200, { code: 'internal' }), ...times(200, { lane: STABLE_LANE })]
    expect(laneComparison().verdict()).to.deep.equal({
      action: 'continue',
      reason: 'too few calls to judge: 0 gray and 0 stable of 200 each',
    })
    expect(told({}, ...bad).verdict()).to.deep.equal({
      action: 'stop',
      reason: '100 % of 200 gray calls failed, 0 % of 200 stable ones',
    })
    expect(told({ minCalls: 201 }, ...bad).verdict().action).to.equal('continue')
    const slow = [...times(300, { durationMs: 1_000 }), ...times(300, { lane: STABLE_LANE })]
    expect(told({}, ...slow).verdict().action).to.equal('stop')
    expect(told({ durationFactor: 1_000 }, ...slow).verdict().action).to.equal('continue')
  })

  it('checks its options', () => {
    for (const windowMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => laneComparison({ windowMs })).to.throw(
        RangeError,
        `windowMs must be a number of ms above 0, got ${windowMs}`,
      )
    }
    expect(() => laneComparison({ minCalls: 1 })).to.throw(RangeError, 'minCalls must be')
  })
})
