import {
  failfast,
  failover,
  namedStrategy,
  retryBudget,
  STRATEGIES,
  type Strategy,
  switchingStrategy,
} from '@kumquat/cluster'
import { Cell } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call } from '../parts.ts'
import { failing, stage } from '../strategies/stage.ts'

describe('namedStrategy', () => {
  it('knows every strategy, and each of them works with its defaults', async () => {
    const names = [
      ...['failover', 'failfast', 'failsafe', 'failback', 'forking', 'hedging', 'broadcast', 'fan-out', 'available'],
      'zone-aware',
    ]
    expect(Object.keys(STRATEGIES)).to.deep.equal(names)
    for (const name of names) {
      const theatre = stage(2, namedStrategy(name))
      theatre.onAttempt = ({ answer }) => answer(7)
      const { value } = await theatre.invoke(call({ idempotent: true }))
      expect(value, name).to.deep.equal(name === 'fan-out' ? [7, 7] : 7)
    }
  })

  it('tells the known names when asked for another', () => {
    expect(() => namedStrategy('failhard')).to.throw(
      TypeError,
      'no strategy is named "failhard": it is one of failover, failfast, failsafe, failback, forking, hedging, broadcast, fan-out, available, zone-aware',
    )
    expect(() => namedStrategy('toString')).to.throw(TypeError, 'no strategy is named "toString"')
  })

  it('cannot be changed from afar, but extended', () => {
    expect(Object.isFrozen(STRATEGIES)).to.equal(true)
    const mine = failfast()
    expect(namedStrategy('mine', { ...STRATEGIES, mine: () => mine })).to.equal(mine)
    expect(() => namedStrategy('other', { mine: () => mine })).to.throw(TypeError, 'it is one of mine')
  })

  it('makes strategies that share a budget', async () => {
    const clock = handClock()
    for (const name of ['failover', 'failback', 'hedging', 'zone-aware']) {
      const budget = retryBudget({ minPerSecond: 0, clock })
      const theatre = stage(3, namedStrategy(name, STRATEGIES, { budget, clock }))
      theatre.onAttempt = ({ answer }) => answer(1)
      for (let i = 0; i < 5; i++) await theatre.invoke(call())
      expect(budget.balance, name).to.equal(1)
    }
  })

  it('makes strategies that know their zone, and whom to tell', async () => {
    const near = stage(2, namedStrategy('zone-aware', STRATEGIES, { zone: 'b' }), (n) => ({ zone: 'ab'[n]! }))
    near.onAttempt = ({ id, answer }) => answer(id)
    for (let i = 0; i < 3; i++) await near.invoke(call())
    expect(new Set(near.attempts.map(({ id }) => id))).to.deep.equal(new Set([near.live.current[1]!.record.id]))

    const told: unknown[] = []
    const safe = stage(2, namedStrategy('failsafe', STRATEGIES, { onFailure: (error) => void told.push(error) }))
    const error = failing('not-run')
    safe.onAttempt = ({ fail }) => fail(error)
    await safe.invoke(call())
    expect(told).to.deep.equal([error])
  })
})

describe('switchingStrategy', () => {
  it('follows the strategy of the moment, and lets calls end as they began', async () => {
    const live = new Cell<Strategy>(failover({ backoff: () => 0 }))
    const theatre = stage(3, switchingStrategy(live))
    const running = theatre.outcomeOf(call())
    live.set(failfast())
    theatre.attempts[0]!.fail(failing('not-run'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(theatre.attempts).to.have.length(2)
    theatre.attempts[1]!.answer(1)
    await running
    const next = theatre.outcomeOf(call())
    theatre.attempts[2]!.fail(failing('not-run'))
    await next
    expect(theatre.attempts).to.have.length(3)
  })

  it('keeps what each strategy has learnt when it comes back', async () => {
    let made = 0
    const counting: Strategy = (targets) => {
      made++
      return failfast()(targets)
    }
    const live = new Cell<Strategy>(counting)
    const theatre = stage(3, switchingStrategy(live))
    theatre.onAttempt = ({ answer }) => answer(1)
    for (const strategy of [counting, failfast(), counting, counting]) {
      live.set(strategy)
      await theatre.invoke(call())
    }
    expect(made).to.equal(1)
  })
})
