import { type BackoffOptions, backoff } from '@kumquat/cluster'
import { seededRng } from '@kumquat/core'
import { expect } from 'chai'

const waits = (options: BackoffOptions, retries: number): readonly number[] => {
  const wait = backoff(options)
  return Array.from({ length: retries }, (_, n) => wait(n + 1))
}

describe('backoff', () => {
  it('doubles the longest wait from 25 ms up to a second, unless told otherwise', () => {
    expect(waits({ jitter: 0 }, 8)).to.deep.equal([25, 50, 100, 200, 400, 800, 1_000, 1_000])
    expect(waits({ baseMs: 10, maxMs: 80, factor: 3, jitter: 0 }, 4)).to.deep.equal([10, 30, 80, 80])
  })

  it('leaves all of a wait to chance by default', () => {
    for (const [uniform, expected] of [
      [0, 0],
      [0.5, 25],
      [0.75, 37.5],
    ] as const) {
      expect(backoff({ rng: () => uniform })(2)).to.equal(expected)
    }
  })

  it('leaves a share of it to chance if told so', () => {
    expect(backoff({ baseMs: 100, jitter: 0.5, rng: () => 0 })(1)).to.equal(50)
    expect(backoff({ baseMs: 100, jitter: 0.5, rng: () => 0.5 })(1)).to.equal(75)
  })

  it('draws anew for each wait, from the system unless given dice', () => {
    expect(new Set(waits({ rng: seededRng(1), factor: 1 }, 10)).size).to.equal(10)
    expect(new Set(waits({ factor: 1 }, 10)).size).to.be.greaterThan(1)
  })

  it('stays at the longest however many retries there were', () => {
    expect(backoff({ factor: 10, jitter: 0 })(5_000)).to.equal(1_000)
  })

  it('refuses what makes no sense, with the value', () => {
    const rows: readonly (readonly [BackoffOptions, string])[] = [
      [{ baseMs: 0 }, 'baseMs must be a number of ms above 0, got 0'],
      [{ baseMs: Number.NaN }, 'baseMs must be a number of ms above 0, got NaN'],
      [{ baseMs: Number.POSITIVE_INFINITY }, 'baseMs must be a number of ms above 0, got Infinity'],
      [{ baseMs: 50, maxMs: 49 }, 'maxMs must be from baseMs (50) to 2147483647, got 49'],
      [{ maxMs: 2 ** 31 }, 'maxMs must be from baseMs (25) to 2147483647, got 2147483648'],
      [{ factor: 0.9 }, 'factor must be a number of at least 1, got 0.9'],
      [{ factor: Number.POSITIVE_INFINITY }, 'factor must be a number of at least 1, got Infinity'],
      [{ jitter: -0.1 }, 'jitter must be from 0 to 1, got -0.1'],
      [{ jitter: 1.1 }, 'jitter must be from 0 to 1, got 1.1'],
    ]
    for (const [options, message] of rows) expect(() => backoff(options)).to.throw(RangeError, message)
  })

  it('takes the values at the ends of the ranges', () => {
    expect(backoff({ baseMs: 50, maxMs: 50, factor: 1, jitter: 0 })(9)).to.equal(50)
    expect(backoff({ baseMs: 0.5, jitter: 0 })(1)).to.equal(0.5)
    expect(backoff({ maxMs: 2 ** 31 - 1, jitter: 1, rng: () => 0 })(1)).to.equal(0)
  })
})
