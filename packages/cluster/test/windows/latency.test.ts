import { type LivePercentileOptions, livePercentile } from '@kumquat/cluster'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'

const setup = (options: Partial<LivePercentileOptions> = {}) => {
  const clock = handClock()
  const live = livePercentile({ percentile: 95, refreshMs: 0, clock, ...options })
  const record = (durationMs: number, times = 1): void => {
    for (let i = 0; i < times; i++) live.record(durationMs)
  }
  return { clock, live, record }
}

describe('livePercentile', () => {
  it('says nothing before there are calls enough to speak of that percentile', () => {
    const { live, record } = setup()
    expect(live.value).to.equal(undefined)
    record(4, 19)
    expect(live.value).to.equal(undefined)
    record(4)
    expect(live.value).to.equal(4)
  })

  it('finds the call below which the share lies, to the one', () => {
    const { live, record } = setup()
    record(1, 95)
    record(64, 5)
    expect(live.value).to.equal(1)
    record(64)
    expect(live.value).to.equal(64)
  })

  it('is never too low, and at most 4.5 % too high', () => {
    for (const durationMs of [0.0625, 0.3, 1, 1.01, 7, 99, 1_000, 12_345, 65_536]) {
      const { live, record } = setup({ percentile: 50 })
      record(durationMs, 10)
      expect(live.value).to.be.within(durationMs, durationMs * 1.045)
    }
  })

  it('keeps what is too fast or too slow within its scale', () => {
    for (const [durationMs, expected] of [
      [0, 1 / 16],
      [0.01, 1 / 16],
      [10_000_000, 65_536],
    ] as const) {
      const { live, record } = setup({ percentile: 50 })
      record(durationMs, 10)
      expect(live.value).to.equal(expected)
    }
  })

  it('forgets by thirds, after half a minute', async () => {
    const { clock, live, record } = setup({ percentile: 50 })
    record(1, 10)
    await clock.advance(10_000)
    record(2, 4)
    await clock.advance(10_000)
    record(2, 4)
    await clock.advance(9_999)
    expect(live.value).to.equal(1)
    await clock.advance(1)
    expect(live.value).to.equal(2)
    await clock.advance(19_999)
    expect(live.value).to.equal(2)
    await clock.advance(1)
    expect(live.value).to.equal(undefined)
  })

  it('forgets everything after a long silence, and in a window of the length it is given', async () => {
    const long = setup({ percentile: 50 })
    long.record(1, 10)
    await long.clock.advance(10_000_000)
    expect(long.live.value).to.equal(undefined)
    const short = setup({ percentile: 50, windowMs: 300 })
    short.record(1, 10)
    await short.clock.advance(299)
    expect(short.live.value).to.equal(1)
    await short.clock.advance(1)
    expect(short.live.value).to.equal(undefined)
  })

  it('forgets all thirds after a silence', async () => {
    for (const silenceMs of [30_000, 40_000, 50_000, 60_000]) {
      const { clock, live, record } = setup({ percentile: 50 })
      for (let part = 0; part < 3; part++) {
        record(4, 10)
        if (part < 2) await clock.advance(10_000)
      }
      await clock.advance(silenceMs)
      expect(live.value).to.equal(undefined)
    }
  })

  it('computes anew every three seconds at most, and sets no timer', async () => {
    const clock = handClock()
    const live = livePercentile({ percentile: 50, clock })
    for (let i = 0; i < 10; i++) live.record(8)
    await clock.advance(2_999)
    expect(live.value).to.equal(undefined)
    await clock.advance(1)
    expect(live.value).to.equal(8)
    for (let i = 0; i < 90; i++) live.record(1)
    await clock.advance(2_999)
    expect(live.value).to.equal(8)
    await clock.advance(1)
    expect(live.value).to.equal(1)
    expect(clock.pending).to.equal(0)
  })

  it('is not harmed by a clock that goes back', () => {
    let now = 1_000_000
    const live = livePercentile({ percentile: 50, refreshMs: 0, clock: { ...handClock(), now: () => now } })
    for (let i = 0; i < 10; i++) live.record(8)
    now = 5
    live.record(8)
    now = 1_000_001
    expect(live.value).to.equal(8)
  })

  it('refuses what is out of range, with the value', () => {
    const rows: readonly (readonly [Partial<LivePercentileOptions>, string])[] = [
      [{ percentile: 0 }, 'percentile must be above 0 and below 100, got 0'],
      [{ percentile: 100 }, 'percentile must be above 0 and below 100, got 100'],
      [{ percentile: Number.NaN }, 'percentile must be above 0 and below 100, got NaN'],
      [{ windowMs: 0 }, 'windowMs must be a number of ms above 0, got 0'],
      [{ windowMs: Number.POSITIVE_INFINITY }, 'windowMs must be a number of ms above 0, got Infinity'],
      [{ refreshMs: -1 }, 'refreshMs must be 0 or more, got -1'],
    ]
    for (const [options, message] of rows) expect(() => setup(options)).to.throw(RangeError, message)
    for (const options of [{ percentile: 0.5 }, { windowMs: 0.5 }, { refreshMs: 0.5 }]) setup(options)
  })

  it('runs by the clock of the system unless given one', () => {
    expect(livePercentile({ percentile: 99 }).value).to.equal(undefined)
  })
})
