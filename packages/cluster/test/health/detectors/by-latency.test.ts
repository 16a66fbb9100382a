import { byLatency, type Sample } from '@kumquat/cluster'
import { expect } from 'chai'

const sample = (id: string, meanMs: number, calls = 50, failures = 0): Sample => ({ id, calls, failures, meanMs })
const row = (...means: readonly number[]): readonly Sample[] => means.map((one, n) => sample(`p${n}`, one))
const ids = (samples: readonly Sample[], options = {}): readonly string[] =>
  byLatency(options)(samples).map(({ id }) => id)

describe('byLatency', () => {
  it('names one whose calls take five times the median of the others, and tells why', () => {
    expect(ids(row(10, 49.9, 10))).to.deep.equal([])
    expect(byLatency()(row(10, 50, 10))).to.deep.equal([
      { id: 'p1', reason: 'its calls took 50.0 ms on average, those of the others about 10.0 ms' },
    ])
  })

  it('takes the mean of the two in the middle where the others are an even number', () => {
    expect(ids(row(10, 20, 75))).to.deep.equal(['p2'])
    expect(ids(row(10, 20, 74))).to.deep.equal([])
    expect(ids(row(1, 10, 20, 1_000, 74))).to.deep.equal(['p3'])
    expect(ids(row(1, 10, 20, 76, 75))).to.deep.equal(['p3', 'p4'])
  })

  it('takes the one in the middle where they are an odd number', () => {
    expect(ids(row(10, 1, 90, 50))).to.deep.equal(['p2', 'p3'])
    expect(ids(row(10, 1, 49, 50))).to.deep.equal(['p3'])
  })

  it('is not misled by a slow one into taking the fast for normal', () => {
    expect(ids(row(10, 10, 10, 10_000))).to.deep.equal(['p3'])
  })

  it('names the slowest first', () => {
    expect(ids(row(10, 60, 10, 10, 80, 10, 70))).to.deep.equal(['p4', 'p6', 'p1'])
  })

  it('spares what is below 10 ms, however fast the others are', () => {
    expect(ids(row(0.1, 0.1, 9.9))).to.deep.equal([])
    expect(ids(row(0.1, 0.1, 10))).to.deep.equal(['p2'])
    expect(ids(row(0, 0, 0.001), { leastMs: 0.001 })).to.deep.equal(['p2'])
  })

  it('needs three peers with fifty calls, one of them a success', () => {
    expect(ids(row(10, 100))).to.deep.equal([])
    expect(ids([...row(10, 100), sample('few', 10, 49)])).to.deep.equal([])
    expect(ids([...row(10, 100), sample('failing', 0, 50, 50)])).to.deep.equal([])
    expect(ids([...row(10, 100), sample('failing', 10, 50, 49)])).to.deep.equal(['p1'])
    expect(ids(row(10, 100), { minHosts: 2 })).to.deep.equal(['p1'])
    expect(ids([...row(10, 10), sample('few', 20, 2)], { minCalls: 2, factor: 2 })).to.deep.equal(['few'])
  })

  it('needs somebody', () => {
    expect(ids([])).to.deep.equal([])
  })

  it('refuses options out of range, with the value', () => {
    expect(() => byLatency({ factor: 1 })).to.throw(RangeError, 'factor must be a number from 1.01 to 1000, got 1')
    expect(() => byLatency({ leastMs: -1 })).to.throw(RangeError, 'leastMs must be a number from 0 to 3600000, got -1')
    expect(() => byLatency({ minHosts: 1 })).to.throw(RangeError, 'minHosts must be an integer from 2')
    expect(() => byLatency({ minCalls: 0 })).to.throw(RangeError, 'minCalls must be an integer from 1')
  })
})
