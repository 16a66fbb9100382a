import { seededRng } from '@kumquat/core'
import { type Histogram, histogram, mergeHistograms, percentile, record } from '@kumquat/monitor'
import { expect } from 'chai'
import fc from 'fast-check'
import { BUCKETS, bucketOf, isSparseHistogram, toSparse } from '../src/histogram.ts'

/** Half a bucket: what the middle of one can be off by. */
const PROMISE = 2 ** (1 / 16)

const durations = fc.array(fc.double({ min: 0.05, max: 120_000, noNaN: true }), { minLength: 1, maxLength: 300 })
const fraction = fc.double({ min: 0, max: 1, noNaN: true })

describe('histogram', () => {
  it('keeps every percentile within half a bucket of the true one', () => {
    fc.assert(
      fc.property(durations, fraction, (all, q) => {
        const ratio = percentile(filled(all), q)! / truePercentile(all, q)
        expect(ratio).to.be.within(1 / PROMISE - 1e-9, PROMISE + 1e-9)
      }),
    )
  })

  it('is the same whether durations were counted together or apart', () => {
    fc.assert(
      fc.property(durations, durations, (one, other) => {
        expect(mergeHistograms(filled(one), filled(other))).to.deep.equal(filled([...one, ...other]))
      }),
    )
  })

  it('survives JSON', () => {
    fc.assert(
      fc.property(durations, (all) => {
        const sparse: unknown = JSON.parse(JSON.stringify(toSparse(filled(all))))
        expect(isSparseHistogram(sparse)).to.equal(true)
        expect(mergeHistograms(sparse as number[])).to.deep.equal(filled(all))
      }),
    )
  })

  it('finds the percentile of ten instances of which one is slow', () => {
    const rng = seededRng(7)
    const exponential = (mean: number): number => 0.05 - mean * Math.log(1 - rng())
    const fast = Array.from({ length: 9 }, () => Array.from({ length: 10_000 }, () => exponential(8)))
    const slow = Array.from({ length: 300 }, () => exponential(1_500))
    const instances = [...fast, slow].map(filled)
    const truth = truePercentile([...fast, slow].flat(), 0.99)
    const average = instances.reduce((sum, one) => sum + percentile(one, 0.99)!, 0) / 10
    expect(percentile(mergeHistograms(...instances), 0.99)! / truth).to.be.within(1 / PROMISE, PROMISE)
    expect(average / truth, 'what averaging percentiles would say').to.be.above(10)
  })

  it('has no percentile of nothing', () => {
    expect(percentile(histogram(), 0.5)).to.equal(null)
  })

  it('puts what is too short, too long or no number into the outermost buckets', () => {
    expect([-1, 0, Number.NaN, 0.05].map(bucketOf)).to.deep.equal([0, 0, 0, 0])
    expect([124_000, 1e9, Number.POSITIVE_INFINITY].map(bucketOf)).to.deep.equal([
      BUCKETS - 1,
      BUCKETS - 1,
      BUCKETS - 1,
    ])
    expect(bucketOf(0.0501)).to.equal(1)
    expect(bucketOf(0.1)).to.equal(8)
    expect(bucketOf(120_000)).to.be.below(BUCKETS)
  })

  it('refuses a percentile that is none', () => {
    for (const q of [-0.1, 1.1, 99, Number.NaN]) {
      expect(() => percentile(histogram(), q)).to.throw(RangeError, `percentile ${q} is not between 0 and 1`)
    }
  })

  it('knows a sparse histogram from anything else', () => {
    const good = [[], [0, 1], [3, 1, 170, 5]]
    const bad = [
      null,
      'x',
      {},
      [0],
      [0, 0],
      [0, -1],
      [0, 1.5],
      [171, 1],
      [-1, 1],
      [5, 1, 5, 1],
      [5, 1, 4, 1],
      ['0', 1],
      [0, '1'],
    ]
    for (const value of good) expect(isSparseHistogram(value), JSON.stringify(value)).to.equal(true)
    for (const value of bad) expect(isSparseHistogram(value), JSON.stringify(value)).to.equal(false)
  })
})

function filled(all: readonly number[]): Histogram {
  const counts = histogram()
  for (const ms of all) record(counts, ms)
  return counts
}

/** The nearest rank: the smallest duration that the fraction `q` took at most. */
function truePercentile(all: readonly number[], q: number): number {
  const sorted = all.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!
}
