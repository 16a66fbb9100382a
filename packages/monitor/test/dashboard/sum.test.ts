import { expect } from 'chai'
import type { MethodReading } from '../../src/dashboard/ledger.ts'
import { Sum } from '../../src/dashboard/sum.ts'
import { bucketOf } from '../../src/histogram.ts'

const reading = (known: Partial<MethodReading> = {}): MethodReading => ({
  method: 'getMovieById',
  gray: false,
  calls: 10,
  errors: 0,
  inFlight: 0,
  histogram: [bucketOf(5), 10],
  ...known,
})

describe('Sum', () => {
  it('of nothing has no percentiles and no errors', () => {
    expect(new Sum().figures(7)).to.deep.equal({
      callsPerSecond: 0,
      errorRatio: 0,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
      calls: 7,
      inFlight: 0,
    })
  })

  it('adds the rates of processes that were watched for different times', () => {
    const sum = new Sum()
    sum.add(reading({ calls: 100 }), 10)
    sum.add(reading({ calls: 30, errors: 15, gray: true }), 1)
    expect(sum.figures(0)).to.include({ callsPerSecond: 40, errorRatio: 0.11538 })
    expect(sum.point(5)).to.include({ at: 5, callsPerSecond: 40, grayPerSecond: 30, errorsPerSecond: 15 })
  })

  it('reads percentiles from all durations together', () => {
    const sum = new Sum()
    sum.add(reading({ calls: 90, histogram: [bucketOf(5), 90] }), 1)
    sum.add(reading({ calls: 10, histogram: [bucketOf(1_000), 10] }), 1)
    const { p50Ms, p95Ms, p99Ms } = sum.figures(0)
    expect(p50Ms).to.be.closeTo(5, 0.25)
    expect(p95Ms).to.be.closeTo(1_000, 50)
    expect(p99Ms).to.equal(p95Ms)
  })

  it('of sums is the sum of all', () => {
    const [one, other, both] = [new Sum(), new Sum(), new Sum()]
    one.add(reading(), 2)
    one.hold(3)
    other.add(reading({ errors: 5, gray: true }), 1)
    other.hold(1)
    both.merge(one)
    both.merge(other)
    const together = new Sum()
    together.add(reading(), 2)
    together.add(reading({ errors: 5, gray: true }), 1)
    together.hold(4)
    expect(both.figures(0)).to.deep.equal(together.figures(0))
    expect(both.point(0)).to.deep.equal(together.point(0))
    expect(both.calls).to.equal(20)
  })
})
