import { expect } from 'chai'
import { broken } from './promises.ts'

describe('what a row promises', () => {
  const row = {
    ...({ backend: 'redis', fault: 'provider-killed', absentMs: 3_900, healMs: 10, healed: 3, entries: 3 } as const),
    ...{ watchesAlive: true, lost: 0, made: 100, failed: 1, forWant: 0, story: 'connected' },
  }

  it('is kept when nothing is missing', () => {
    expect(broken(row, 3_000)).to.deep.equal([])
  })

  it('is broken by a dead provider that is seen for longer than its backend allows', () => {
    expect(broken({ ...row, absentMs: 4_001 }, 3_000)).to.deep.equal(['visible for 4001 ms, not 4000 ms'])
    expect(broken({ ...row, backend: 'zookeeper', absentMs: 101 }, 3_000)).to.deep.equal([
      'visible for 101 ms, not 100 ms',
    ])
    expect(broken({ ...row, absentMs: null }, 3_000)).to.deep.equal(['visible for ever, not 4000 ms'])
  })

  it('is broken by each thing that did not heal, and says so', () => {
    const bad = { ...row, healMs: null, healed: 2, watchesAlive: false, lost: 1, forWant: 2, made: 0 }
    expect(broken(bad, 3_000)).to.deep.equal([
      'not healed within 15000 ms',
      '1 of 3 entries did not heal',
      'a watch is dead',
      '1 living providers were missed',
      '2 calls failed for want of providers',
      'no call was made',
    ])
  })
})
