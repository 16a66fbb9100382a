import type { Verdict } from '@kumquat/cluster'
import { Cell } from '@kumquat/core'
import { expect } from 'chai'
import { toldVerdicts } from '../../src/consumer/told-verdicts.ts'

const verdict = (id: string, known: Partial<Verdict> = {}): Verdict => ({
  ...{ id, policy: 'breaker', state: 'tripped', reason: '5 failures in a row', since: 0 },
  ...known,
})

describe('toldVerdicts()', () => {
  it('tells once of each verdict, and once of its end', () => {
    const verdicts = new Cell<readonly Verdict[]>([verdict('a')])
    const told: string[] = []
    const telling = toldVerdicts(verdicts, ({ id, policy }, isHeld) => told.push(`${policy} ${id} ${isHeld}`))
    verdicts.set([verdict('a'), verdict('b')])
    verdicts.set([verdict('a'), verdict('b', { state: 'half-open' })])
    verdicts.set([verdict('a'), verdict('b'), verdict('b', { policy: 'outlier ejection' })])
    expect(told.splice(0)).to.deep.equal(['breaker b true', 'outlier ejection b true'])
    verdicts.set([verdict('b')])
    expect(told.splice(0)).to.deep.equal(['breaker a false', 'outlier ejection b false'])
    telling[Symbol.dispose]()
    verdicts.set([])
    expect(told).to.deep.equal([])
  })
})
