import { type RetryBudget, type RetryBudgetOptions, retryBudget } from '@kumquat/cluster'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import fc from 'fast-check'

const setup = (options: RetryBudgetOptions = {}) => {
  const clock = handClock()
  return { clock, budget: retryBudget({ clock, ...options }) }
}

const deposit = (budget: RetryBudget, times: number): void => {
  for (let i = 0; i < times; i++) budget.deposit()
}

/** How many of `times` withdrawals succeed. */
const withdrawn = (budget: RetryBudget, times: number): number => {
  let count = 0
  for (let i = 0; i < times; i++) if (budget.withdraw()) count++
  return count
}

describe('retryBudget', () => {
  it('looks at the clock with one of sixteen deposits where they are very many, and loses none', async () => {
    const clock = handClock()
    let looks = 0
    const counting = {
      ...clock,
      now: () => {
        looks++
        return clock.now()
      },
    }
    const budget = retryBudget({ clock: counting, minPerSecond: 0 })
    deposit(budget, 10_000)
    expect(looks).to.be.within(256, 256 + 10_000 / 16 + 1)
    expect(budget.balance).to.equal(2_000)
    looks = 0
    await clock.advance(1_000)
    deposit(budget, 100)
    expect(looks).to.be.within(84, 100)
    await clock.advance(9_000)
    expect(budget.balance).to.be.within(17, 20)
  })

  it('begins with a reserve of ten a second for ten seconds', () => {
    const { budget } = setup()
    expect(budget.balance).to.equal(100)
    expect(withdrawn(budget, 1_000)).to.equal(100)
    expect(budget.balance).to.equal(0)
  })

  it('allows one more for every five first attempts', () => {
    const { budget } = setup({ minPerSecond: 0 })
    deposit(budget, 4)
    expect(budget.withdraw()).to.equal(false)
    budget.deposit()
    expect(budget.balance).to.equal(1)
    expect(budget.withdraw()).to.equal(true)
    expect(budget.withdraw()).to.equal(false)
  })

  it('takes nothing when it refuses', () => {
    const { budget } = setup({ minPerSecond: 0 })
    deposit(budget, 4)
    expect(withdrawn(budget, 100)).to.equal(0)
    budget.deposit()
    expect(withdrawn(budget, 100)).to.equal(1)
  })

  it('allows exactly its share of 10 000 calls that all fail, and the reserve', () => {
    for (const [percent, minPerSecond, expected] of [
      [20, 10, 2_100],
      [20, 0, 2_000],
      [50, 0, 5_000],
      [100, 0, 10_000],
      [0, 10, 100],
      [0, 0, 0],
    ] as const) {
      const { budget } = setup({ percent, minPerSecond })
      let retries = 0
      for (let i = 0; i < 10_000; i++) {
        budget.deposit()
        if (budget.withdraw()) retries++
      }
      expect(retries, `${percent} % and ${minPerSecond}/s`).to.equal(expected)
    }
  })

  it('forgets a deposit after ten seconds, not before', async () => {
    const { clock, budget } = setup({ minPerSecond: 0 })
    deposit(budget, 5)
    await clock.advance(9_999)
    expect(budget.balance).to.equal(1)
    await clock.advance(1)
    expect(budget.balance).to.equal(0)
    expect(budget.withdraw()).to.equal(false)
  })

  it('forgets deposits slot by slot, in a window of the length it is given', async () => {
    const { clock, budget } = setup({ minPerSecond: 0, windowMs: 1_000 })
    for (let slot = 0; slot < 10; slot++) {
      deposit(budget, 5)
      await clock.advance(100)
      expect(budget.balance).to.equal(slot === 9 ? 9 : slot + 1)
    }
    for (let left = 8; left >= 0; left--) {
      await clock.advance(100)
      expect(budget.balance).to.equal(left)
    }
  })

  it('counts a deposit to the beginning of its tenth of the window', async () => {
    const { clock, budget } = setup({ minPerSecond: 0, windowMs: 1_000 })
    await clock.advance(99)
    deposit(budget, 5)
    await clock.advance(900)
    expect(budget.balance).to.equal(1)
    await clock.advance(1)
    expect(budget.balance).to.equal(0)
  })

  it('gives nothing away: 99 % of an attempt is none, at the start and later', async () => {
    const { clock, budget } = setup({ percent: 99, minPerSecond: 0 })
    budget.deposit()
    expect(budget.withdraw()).to.equal(false)
    await clock.advance(25_000)
    budget.deposit()
    expect(budget.withdraw()).to.equal(false)
    budget.deposit()
    expect(withdrawn(budget, 5)).to.equal(1)
  })

  it('gives the reserve back ten seconds after it was spent', async () => {
    const { clock, budget } = setup()
    expect(withdrawn(budget, 100)).to.equal(100)
    await clock.advance(9_999)
    expect(budget.withdraw()).to.equal(false)
    await clock.advance(1)
    expect(budget.balance).to.equal(100)
  })

  it('is never below zero, though deposits are forgotten before what was paid with them', async () => {
    const { clock, budget } = setup({ minPerSecond: 0 })
    deposit(budget, 50)
    await clock.advance(9_000)
    expect(withdrawn(budget, 10)).to.equal(10)
    await clock.advance(1_000)
    expect(budget.balance).to.equal(0)
  })

  it('forgets everything after a long silence', async () => {
    const { clock, budget } = setup()
    for (let slot = 0; slot < 10; slot++) {
      deposit(budget, 50)
      budget.withdraw()
      await clock.advance(1_000)
    }
    await clock.advance(1_000_000)
    expect(budget.balance).to.equal(100)
  })

  it('begins its ring anywhere in time', async () => {
    const clock = handClock({ startMs: 123_456_789 })
    const budget = retryBudget({ clock, minPerSecond: 0 })
    deposit(budget, 5)
    expect(budget.balance).to.equal(1)
    await clock.advance(10_000)
    expect(budget.balance).to.equal(0)
  })

  it('is not harmed by a clock that goes back', () => {
    let now = 50_000
    const budget = retryBudget({ clock: { ...handClock(), now: () => now }, minPerSecond: 0 })
    deposit(budget, 5)
    now = 10_000
    expect(budget.balance).to.equal(1)
    deposit(budget, 5)
    expect(budget.balance).to.equal(2)
    now = 59_999
    expect(budget.balance).to.equal(2)
    now = 60_000
    expect(budget.balance).to.equal(0)
  })

  it('does not let rounding errors of fractions add up', async () => {
    const { clock, budget } = setup({ percent: 0.1, minPerSecond: 0 })
    for (let i = 0; i < 200; i++) {
      deposit(budget, 333)
      await clock.advance(1_000)
    }
    await clock.advance(10_000)
    deposit(budget, 1_100)
    expect(withdrawn(budget, 10)).to.equal(1)
  })

  it('never allows more than a share of the first attempts and the reserve in any window', async () => {
    const step = fc.record({ waitMs: fc.nat(3_000), calls: fc.nat(50), wanted: fc.nat(60) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { clock, budget } = setup({ minPerSecond: 1 })
        const log: { at: number; calls: number; retries: number }[] = []
        for (const { waitMs, calls, wanted } of steps) {
          await clock.advance(waitMs)
          deposit(budget, calls)
          log.push({ at: clock.now(), calls, retries: withdrawn(budget, wanted) })
          // A withdrawal is remembered for at least nine tenths of the window, a deposit for at most the whole.
          const sum = (spanMs: number, what: 'calls' | 'retries'): number =>
            log.reduce((total, one) => total + (one.at > clock.now() - spanMs ? one[what] : 0), 0)
          expect(sum(9_000, 'retries')).to.be.at.most(0.2 * sum(19_000, 'calls') + 10)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('refuses what is out of range, with the value', () => {
    const rows: readonly (readonly [RetryBudgetOptions, string])[] = [
      [{ percent: -1 }, 'percent must be from 0 to 100, got -1'],
      [{ percent: 101 }, 'percent must be from 0 to 100, got 101'],
      [{ percent: Number.NaN }, 'percent must be from 0 to 100, got NaN'],
      [{ minPerSecond: -1 }, 'minPerSecond must be from 0 to 9007199254740991, got -1'],
      [{ minPerSecond: Number.POSITIVE_INFINITY }, 'minPerSecond must be from 0 to 9007199254740991, got Infinity'],
      [{ windowMs: 999 }, 'windowMs must be from 1000 to 60000, got 999'],
      [{ windowMs: 60_001 }, 'windowMs must be from 1000 to 60000, got 60001'],
    ]
    for (const [options, message] of rows) expect(() => retryBudget(options)).to.throw(RangeError, message)
    expect(() => retryBudget({ windowMs: 60_000 })).to.not.throw()
  })

  it('runs by the clock of the system unless given one', () => {
    expect(retryBudget().balance).to.equal(100)
  })
})
