import { type Load, meanResponse } from '@kumquat/cluster'
import { RpcError } from '@kumquat/core'
import { type HandClock, handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call } from '../parts.ts'

async function took(clock: HandClock, load: Load, ms: number, error?: unknown): Promise<void> {
  const ended = load.begin(call())
  await clock.advance(ms)
  if (error === undefined) ended({ value: 1 })
  else ended(undefined, error)
}

describe('meanResponse', () => {
  it('is the mean response time of late, times the calls in flight and this one', async () => {
    const clock = handClock()
    const load = meanResponse({ clock })()
    expect(load.value).to.equal(0)
    await took(clock, load, 10)
    await took(clock, load, 30)
    expect(load.value).to.equal(20)
    load.begin(call())
    expect(load.value).to.equal(40)
  })

  /** A gauge, and how to let it know of the time: by a call that begins at another peer. */
  function gauge(options: { windowMs?: number } = {}) {
    const clock = handClock()
    const metric = meanResponse({ clock, ...options })
    const [load, other] = [metric(), metric()]
    const until = async (ms: number): Promise<void> => {
      await clock.advance(ms - clock.now())
      other.begin(call())
    }
    return { clock, load, until }
  }

  it('forgets after 30 s by default, in tenths of that', async () => {
    const { clock, load, until } = gauge()
    await took(clock, load, 100)
    await until(2_999)
    await took(clock, load, 50)
    await until(29_999)
    expect(load.value).to.equal(75)
    await until(30_000)
    expect(load.value).to.equal(50)
    await until(33_000)
    expect(load.value).to.equal(0)
  })

  it('takes a shorter window', async () => {
    const { clock, load, until } = gauge({ windowMs: 100 })
    await took(clock, load, 5)
    await until(99)
    expect(load.value).to.equal(5)
    await until(100)
    expect(load.value).to.equal(0)
  })

  it('takes a peer of which it knows nothing for the best until it is called, and for the worst until it answers', () => {
    const load = meanResponse({ clock: handClock() })()
    expect(load.value).to.equal(0)
    load.begin(call())
    expect(load.value).to.equal(2 ** 33)
  })

  it('counts failures as no faster than usual, and as a loss of trust', async () => {
    const clock = handClock()
    const metric = meanResponse({ clock })
    const [good, bad] = [metric(), metric()]
    await took(clock, good, 16)
    await took(clock, bad, 1, new RpcError('unavailable', 'refused', { outcome: 'not-run' }))
    expect(bad.value).to.be.closeTo(16 / (7 / 8), 1e-9)
  })

  it('refuses a window out of range, with the number', () => {
    for (const windowMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => meanResponse({ windowMs })).to.throw(
        RangeError,
        `windowMs must be a number above 0, got ${windowMs}`,
      )
    }
    expect(meanResponse({ windowMs: 0.1 })().value).to.equal(0)
  })
})
