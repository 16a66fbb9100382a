import { type Slice, timeToRecover } from '@kumquat/cluster/simulation'
import { expect } from 'chai'

const slices = (...parts: readonly (readonly [failed: number, p99: number])[]): { slices: readonly Slice[] } => ({
  slices: parts.map(([failed, p99], i) => ({
    fromMs: i * 1_000,
    calls: 100,
    failed,
    p50: 1,
    p95: 1,
    p99,
    p999: p99,
  })),
})

describe('time to recover', () => {
  const fault = { faultMs: 2_000, healMs: 4_000 }

  it('is nothing if all is well when the fault ends', () => {
    expect(timeToRecover(slices([0, 10], [0, 10], [90, 0], [90, 0], [0, 10], [0, 10]), fault)).to.equal(0)
  })

  it('lasts to the end of the last slice that is not as before', () => {
    expect(timeToRecover(slices([0, 10], [0, 10], [90, 0], [90, 0], [2, 10], [0, 10]), fault)).to.equal(1_000)
    expect(timeToRecover(slices([0, 10], [0, 10], [90, 0], [0, 10], [0, 10], [0, 21], [0, 20]), fault)).to.equal(2_000)
  })

  it('is for ever if the last slice is not as before', () => {
    const never = slices([0, 10], [0, 10], [90, 0], [0, 10], [0, 10], [9, 10])
    expect(timeToRecover(never, fault)).to.equal(Number.POSITIVE_INFINITY)
  })

  it('measures by what was normal before', () => {
    const before = slices([10, 50], [10, 10], [90, 0], [90, 0], [11, 100], [12, 100], [0, 1])
    expect(timeToRecover(before, fault)).to.equal(2_000)
    expect(timeToRecover(before, { ...fault, failedShare: 0.02 })).to.equal(0)
    expect(timeToRecover(before, { ...fault, failedShare: 0.02, slower: 1.9 })).to.equal(2_000)
  })

  it('takes no notice of slices in which nobody called', () => {
    const quiet = slices([0, 10], [0, 10], [90, 0], [90, 0], [0, 0], [0, 10])
    const { slices: parts } = quiet
    expect(timeToRecover({ slices: parts.with(4, { ...parts[4]!, calls: 0 }) }, fault)).to.equal(0)
  })

  it('needs to know what was normal', () => {
    expect(() => timeToRecover(slices([0, 10], [0, 10]), { faultMs: 999, healMs: 1_000 })).to.throw(
      RangeError,
      'no slice of the report ends before the fault at 999 ms',
    )
    expect(timeToRecover(slices([0, 10], [0, 10]), { faultMs: 1_000, healMs: 1_000 })).to.equal(0)
  })
})
