import { failback, failover, hedging, retryBudget } from '@kumquat/cluster'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call } from '../parts.ts'
import { failing, stage } from './stage.ts'

describe('strategies that share a budget', () => {
  it('make at most 20 % more attempts together, and one reserve, while everything fails', async () => {
    const clock = handClock()
    const budget = retryBudget({ clock })
    const later = failback({ clock, budget, rng: () => 0 })
    const strategies = [
      failover({ clock, budget, retries: 4, backoff: () => 0 }),
      hedging({ clock, budget, hedges: 4 }),
      later,
    ]
    const theatres = strategies.map((strategy) => stage(6, strategy))
    for (const theatre of theatres) theatre.onAttempt = ({ fail }) => fail(failing('not-run'))
    for (let i = 0; i < 500; i++) for (const { outcomeOf } of theatres) await outcomeOf(call({ idempotent: true }))
    await clock.advance(5_000)
    const sent = theatres.map(({ attempts }) => attempts.length)
    const total = sent.reduce((sum, attempts) => sum + attempts)
    expect(total).to.equal(1_500 + 300 + 100)
    expect(budget.balance).to.equal(0)
    later[Symbol.dispose]()
    expect(clock.pending).to.equal(0)
  })

  it('come back to normal when the outage is over: nothing of it is left to be sent', async () => {
    const clock = handClock()
    const budget = retryBudget({ clock })
    const theatre = stage(3, failover({ clock, budget }))
    theatre.onAttempt = ({ fail }) => fail(failing('unknown'))
    const calls = Array.from({ length: 1_000 }, () => theatre.outcomeOf(call({ idempotent: true })))
    await clock.advance(1_000)
    await Promise.all(calls)
    expect(clock.pending).to.equal(0)
    const before = theatre.attempts.length
    theatre.onAttempt = ({ answer }) => answer(1)
    for (let i = 0; i < 100; i++) await theatre.invoke(call({ idempotent: true }))
    expect(theatre.attempts.length - before).to.equal(100)
    await clock.advance(10_000)
    expect(budget.balance).to.equal(100)
  })
})
