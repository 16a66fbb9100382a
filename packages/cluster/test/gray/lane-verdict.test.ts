import { type Rng, seededRng } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { type LaneLimits, laneVerdict } from '../../src/gray/lane-verdict.ts'
import { type LaneSample, LaneWindow } from '../../src/gray/lane-window.ts'

/** Calls of which some failed, the others taking so many ms each. */
const sample = (calls: number, errors = 0, durationMs: (rank: number) => number = () => 10): LaneSample => ({
  calls,
  errors,
  durationAt: durationMs,
})
const judge = (gray: LaneSample, stable: LaneSample, limits: LaneLimits = {}) => laneVerdict(limits)(gray, stable)
const action = (gray: LaneSample, stable: LaneSample, limits: LaneLimits = {}) => judge(gray, stable, limits).action

describe('the verdict on a lane', () => {
  it('says nothing of fewer than 200 calls in either lane', () => {
    expect(judge(sample(199, 199), sample(1_000))).to.deep.equal({
      action: 'continue',
      reason: 'too few calls to judge: 199 gray and 1000 stable of 200 each',
    })
    expect(judge(sample(1_000, 1_000), sample(199))).to.deep.equal({
      action: 'continue',
      reason: 'too few calls to judge: 1000 gray and 199 stable of 200 each',
    })
    expect(action(sample(200, 200), sample(200))).to.equal('stop')
  })

  it('takes another least number', () => {
    expect(action(sample(30, 30), sample(30), { minCalls: 30 })).to.equal('stop')
    expect(action(sample(299, 299), sample(300), { minCalls: 300 })).to.equal('continue')
    expect(action(sample(300, 300), sample(300), { minCalls: 300 })).to.equal('stop')
  })

  it('stops when more gray calls fail than chance and the margin explain', () => {
    expect(judge(sample(1_000, 100), sample(1_000, 10))).to.deep.equal({
      action: 'stop',
      reason: '10 % of 1000 gray calls failed, 1 % of 1000 stable ones',
    })
    expect(judge(sample(1_000, 10), sample(1_000, 10))).to.deep.equal({
      action: 'continue',
      reason: 'gray is no worse: 1 % of its calls failed, 1 % of the stable ones',
    })
    expect(judge(sample(300, 1), sample(300, 0)).reason).to.equal(
      'gray is no worse: 0.33 % of its calls failed, 0 % of the stable ones',
    )
  })

  it('never stops because gray is better', () => {
    expect(action(sample(10_000, 0), sample(10_000, 5_000))).to.equal('continue')
    expect(
      action(
        sample(10_000, 0, () => 1),
        sample(10_000, 0, () => 1_000),
      ),
    ).to.equal('continue')
  })

  // Computed apart by the formulas of the paper, z = 3.29: 15 of 200 against none has a lower bound of 0.88 %, 16 of 1.27 %.
  it('stops at the very number of errors that the bound names', () => {
    const least = (calls: number, stable: LaneSample, limits: LaneLimits = {}): number =>
      Array.from({ length: calls + 1 }, (_, errors) => errors).find(
        (errors) => action(sample(calls, errors), stable, limits) === 'stop',
      )!
    expect(least(200, sample(200, 0))).to.equal(16)
    expect(least(200, sample(200, 10))).to.equal(33)
    expect(least(2_000, sample(2_000, 100))).to.equal(173)
    expect(least(2_000, sample(2_000, 100), { errorMarginPercent: 0 })).to.equal(151)
    expect(least(2_000, sample(2_000, 100), { errorMarginPercent: 5 })).to.equal(259)
    expect(least(200, sample(200_000, 10_000))).to.equal(24)
  })

  it('needs a smaller difference the more calls there are', () => {
    expect(action(sample(200, 14), sample(200, 4))).to.equal('continue')
    expect(action(sample(20_000, 1_400), sample(20_000, 400))).to.equal('stop')
  })

  it('stops when the percentile of gray is beyond chance, the factor and the margin', () => {
    const slow = (ms: number) => sample(1_000, 0, () => ms)
    expect(judge(slow(151), slow(100))).to.deep.equal({
      action: 'stop',
      reason: 'percentile 95 of gray calls is at least 151 ms, of stable ones at most 100 ms',
    })
    expect(action(slow(150), slow(100))).to.equal('continue')
    expect(action(slow(6), slow(1))).to.equal('continue')
    expect(action(slow(6.01), slow(1))).to.equal('stop')
    expect(action(slow(201), slow(100), { durationFactor: 2 })).to.equal('stop')
    expect(action(slow(200), slow(100), { durationFactor: 2 })).to.equal('continue')
    expect(action(slow(160), slow(100), { durationMarginMs: 60 })).to.equal('continue')
    expect(action(slow(161), slow(100), { durationMarginMs: 60 })).to.equal('stop')
    expect(action(slow(101), slow(100), { durationFactor: 1, durationMarginMs: 0 })).to.equal('stop')
    expect(action(slow(100), slow(100), { durationFactor: 1, durationMarginMs: 0 })).to.equal('continue')
  })

  it('compares the lowest rank that gray may have with the highest of stable', () => {
    const ranks: Record<string, number> = {}
    const asked = (name: string, calls: number, errors: number) =>
      sample(calls, errors, (rank) => {
        ranks[name] = rank
        return 10
      })
    // 95 % of 1 000 is 950; 3.29 standard errors of sqrt(47.5) are 22.67.
    action(asked('gray', 1_000, 0), asked('stable', 1_010, 10))
    expect(ranks).to.deep.equal({ gray: 927, stable: 974 })
    action(asked('gray', 1_000, 0), asked('stable', 1_000, 0), { percentile: 50 })
    expect(ranks).to.deep.equal({ gray: 447, stable: 554 })
  })

  it('says nothing of durations where a lane has too few calls for that percentile', () => {
    // The highest rank of stable would be 202 of 200 and 245 of 244; it is 245 of 245.
    const slow = (calls: number, ms: number) => sample(calls, 0, () => ms)
    expect(action(slow(1_000, 1_000), slow(200, 1))).to.equal('continue')
    expect(action(slow(1_000, 1_000), slow(244, 1))).to.equal('continue')
    expect(action(slow(1_000, 1_000), slow(245, 1))).to.equal('stop')
    // And the lowest rank of gray would be below 1 of so few: 1 % of 200 is 2, 3.29 standard errors are 4.6.
    expect(action(slow(200, 1_000), slow(1_000, 1), { percentile: 1 })).to.equal('continue')
    expect(action(slow(2_000, 1_000), slow(1_000, 1), { percentile: 1 })).to.equal('stop')
    expect(
      action(
        sample(1_000, 1_000, () => 9),
        sample(1_000, 1_000, () => 1),
      ),
    ).to.equal('continue')
  })

  it('hardly ever stops a release that is as good as the one before, and finds a bad one', () => {
    const rng = seededRng(7)
    const lane = (errorRate: number, slowness: number, calls = 1_000): LaneSample => {
      const window = new LaneWindow(1_000, handClock())
      for (let i = 0; i < calls; i++) window.add(exponential(rng, 20 * slowness), rng() < errorRate)
      return window.sample()
    }
    const stops = (times: number, gray: () => LaneSample, stable: () => LaneSample): number =>
      Array.from({ length: times }, () => action(gray(), stable())).filter((one) => one === 'stop').length
    const good = () => lane(0.02, 1)
    expect(stops(300, good, good)).to.equal(0)
    expect(stops(30, () => lane(0.12, 1), good)).to.equal(30)
    expect(stops(30, () => lane(0.02, 3), good)).to.equal(30)
  })

  it('checks its limits', () => {
    const bad: readonly [LaneLimits, string][] = [
      [{ minCalls: 29 }, 'minCalls must be an integer of 30 or more, got 29'],
      [{ minCalls: 200.5 }, 'minCalls must be an integer of 30 or more, got 200.5'],
      [{ errorMarginPercent: -1 }, 'errorMarginPercent must be from 0 to 100, got -1'],
      [{ errorMarginPercent: 101 }, 'errorMarginPercent must be from 0 to 100, got 101'],
      [{ percentile: 0 }, 'percentile must be above 0 and below 100, got 0'],
      [{ percentile: 100 }, 'percentile must be above 0 and below 100, got 100'],
      [{ durationFactor: 0.99 }, 'durationFactor must be 1 or more, got 0.99'],
      [{ durationMarginMs: -1 }, 'durationMarginMs must be 0 or more, got -1'],
      [{ durationFactor: Number.NaN }, 'durationFactor must be 1 or more, got NaN'],
    ]
    for (const [limits, message] of bad) expect(() => laneVerdict(limits)).to.throw(RangeError, message)
    for (const good of [{ errorMarginPercent: 0 }, { errorMarginPercent: 100 }, { minCalls: 30 }]) {
      expect(laneVerdict(good)).to.be.a('function')
    }
  })
})

const exponential = (rng: Rng, mean: number): number => -mean * Math.log(1 - rng())
