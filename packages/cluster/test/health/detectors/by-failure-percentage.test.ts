import { byFailurePercentage, type Sample } from '@kumquat/cluster'
import { expect } from 'chai'

const sample = (id: string, failures: number, calls = 100): Sample => ({ id, calls, failures, meanMs: 1 })
const row = (...failures: readonly number[]): readonly Sample[] => failures.map((one, n) => sample(`p${n}`, one))
const ids = (samples: readonly Sample[], options = {}): readonly string[] =>
  byFailurePercentage(options)(samples).map(({ id }) => id)

describe('byFailurePercentage', () => {
  it('names one of whose calls 85 % failed, and tells why', () => {
    expect(byFailurePercentage()(row(0, 84, 85, 0, 0))).to.deep.equal([{ id: 'p2', reason: '85 of 100 calls failed' }])
  })

  it('names all that do, the worst first', () => {
    expect(ids(row(90, 100, 95, 86, 85))).to.deep.equal(['p1', 'p2', 'p0', 'p3', 'p4'])
    expect(ids([...row(0, 0, 0, 95), sample('few', 50, 50)])).to.deep.equal(['few', 'p3'])
  })

  it('needs five peers with fifty calls', () => {
    expect(ids(row(0, 0, 0, 100))).to.deep.equal([])
    expect(ids([...row(0, 0, 0, 100), sample('few', 0, 49)])).to.deep.equal([])
    expect(ids([...row(0, 0, 0, 100), sample('enough', 50, 50)])).to.deep.equal(['p3', 'enough'])
    expect(ids([sample('a', 0, 2), sample('b', 1, 2)], { minHosts: 2, minCalls: 2, threshold: 50 })).to.deep.equal([
      'b',
    ])
  })

  it('needs somebody', () => {
    expect(ids([])).to.deep.equal([])
  })

  it('refuses options out of range, with the value', () => {
    expect(() => byFailurePercentage({ threshold: 0 })).to.throw(
      RangeError,
      'threshold must be a number from 1 to 100, got 0',
    )
    expect(() => byFailurePercentage({ minHosts: 0 })).to.throw(RangeError, 'minHosts must be an integer from 1')
    expect(() => byFailurePercentage({ minCalls: 0 })).to.throw(RangeError, 'minCalls must be an integer from 1')
  })
})
