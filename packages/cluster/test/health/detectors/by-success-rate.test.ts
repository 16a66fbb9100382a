import { bySuccessRate, type Sample } from '@kumquat/cluster'
import { expect } from 'chai'

const sample = (id: string, failures: number, calls = 100): Sample => ({ id, calls, failures, meanMs: 1 })
const row = (...failures: readonly number[]): readonly Sample[] => failures.map((one, n) => sample(`p${n}`, one))
const ids = (samples: readonly Sample[], options = {}): readonly string[] =>
  bySuccessRate(options)(samples).map(({ id }) => id)

describe('bySuccessRate', () => {
  it('names one that lies more than 1.9 standard deviations below the mean, and tells why', () => {
    expect(bySuccessRate()(row(0, 0, 0, 0, 50))).to.deep.equal([
      { id: 'p4', reason: "50.0 % of its calls succeeded, of the others' about 90.0 %" },
    ])
  })

  it('spares one at that very rate', () => {
    // Mean 90, deviation 20: two deviations below is 50.
    expect(ids(row(0, 0, 0, 0, 50), { deviations: 2 })).to.deep.equal([])
    expect(ids(row(0, 0, 0, 0, 50), { deviations: 1.99 })).to.deep.equal(['p4'])
  })

  it('names nobody when all do alike, well or badly', () => {
    for (const failures of [0, 40, 100]) {
      expect(ids(row(failures, failures, failures, failures, failures))).to.deep.equal([])
    }
  })

  it('never names one that does better than the mean', () => {
    expect(ids(row(100, 100, 100, 100, 0), { deviations: 0 })).to.deep.equal(['p0', 'p1', 'p2', 'p3'])
  })

  it('needs five peers with a hundred calls', () => {
    expect(ids(row(0, 0, 0, 50))).to.deep.equal([])
    expect(ids([...row(0, 0, 0, 0), sample('few', 50, 99)])).to.deep.equal([])
    expect(ids([...row(0, 0, 0, 0, 50), sample('few', 99, 99)])).to.deep.equal(['p4'])
    expect(ids(row(0, 0, 50), { minHosts: 3, deviations: 1 })).to.deep.equal(['p2'])
    expect(ids([sample('a', 0, 10), sample('b', 5, 10)], { minHosts: 2, minCalls: 10, deviations: 0 })).to.deep.equal([
      'b',
    ])
  })

  it('names the worst first', () => {
    expect(ids(row(60, 0, 90, 0, 0, 0, 0, 70), { deviations: 0.5 })).to.deep.equal(['p2', 'p7', 'p0'])
  })

  it('needs somebody', () => {
    expect(ids([])).to.deep.equal([])
  })

  it('refuses options out of range, with the value', () => {
    expect(() => bySuccessRate({ deviations: -1 })).to.throw(
      RangeError,
      'deviations must be a number from 0 to 10, got -1',
    )
    expect(() => bySuccessRate({ minHosts: 0 })).to.throw(RangeError, 'minHosts must be an integer from 1')
    expect(() => bySuccessRate({ minCalls: 0 })).to.throw(RangeError, 'minCalls must be an integer from 1')
  })
})
