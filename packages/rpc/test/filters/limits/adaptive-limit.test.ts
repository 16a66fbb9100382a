import { type Reply, sleep } from '@kumquat/core'
import { type HandClock, handClock } from '@kumquat/core/testing'
import { type AdaptiveLimitOptions, adaptiveLimit, type ServedCall } from '@kumquat/rpc'
import { expect } from 'chai'
import { rejection } from '../../rejection.ts'
import { served } from '../../served.ts'

describe('adaptiveLimit()', () => {
  /** Does `parallel` calls at once in 10 ms each; more share that speed. */
  const machine = (clock: HandClock, parallel: () => number) => {
    let inside = 0
    return async (_: ServedCall): Promise<Reply> => {
      inside++
      await sleep(clock, 10 * Math.max(1, inside / parallel()))
      inside--
      return { value: 1 }
    }
  }
  /** So many callers, each with its next call as soon as the last one has ended. */
  const load = (serve: (call: ServedCall) => Promise<Reply>, clock: HandClock, callers: number) => {
    let isOver = false
    const caller = async (): Promise<void> => {
      while (!isOver) {
        await serve(served('rent')).catch(() => sleep(clock, 50))
      }
    }
    const running = Promise.all(Array.from({ length: callers }, caller))
    return {
      async end() {
        isOver = true
        await clock.advance(5_000)
        await running
      },
    }
  }

  it('finds room for the calls of a machine that bears them', async () => {
    const clock = handClock()
    const limiting = adaptiveLimit({ clock, windowMs: 100 })
    const { end } = load(limiting(machine(clock, () => 1_000)), clock, 60)
    await clock.advance(8_000)
    expect(limiting.limit.current).to.be.above(55)
    await end()
  })

  it('shrinks when calls become slower, and grows again when that is over', async () => {
    const clock = handClock()
    const limiting = adaptiveLimit({ clock, windowMs: 100 })
    let parallel = 1_000
    const { end } = load(limiting(machine(clock, () => parallel)), clock, 60)
    await clock.advance(5_000)
    const before = limiting.limit.current
    parallel = 5
    await clock.advance(2_000)
    expect(limiting.limit.current).to.be.below(before / 2)
    parallel = 1_000
    await clock.advance(5_000)
    expect(limiting.limit.current).to.be.above(before / 2)
    await end()
  })

  it('tells who listens of every change', async () => {
    const clock = handClock()
    const limiting = adaptiveLimit({ clock, windowMs: 100 })
    const told: number[] = []
    limiting.limit.subscribe((limit) => told.push(limit))
    const { end } = load(limiting(machine(clock, () => 1_000)), clock, 40)
    await clock.advance(1_000)
    expect(told.length).to.be.above(2)
    expect(told.at(-1)).to.equal(limiting.limit.current)
    await end()
  })

  it('leaves no timer when the calls are over', async () => {
    const clock = handClock()
    const { end } = load(adaptiveLimit({ clock, initial: 4, min: 1, queue: 3 })(machine(clock, () => 10)), clock, 20)
    await clock.advance(1_000)
    await end()
    expect(clock.pending).to.equal(0)
  })

  it('refuses bulk calls when the event loop is late, normal ones when it is very late, critical ones never', async () => {
    const hand = handClock()
    let blockedMs = 0
    // Time passes, and no timer runs: the loop is blocked.
    const clock = { ...hand, after: hand.after, now: () => hand.now() + blockedMs, epoch: hand.epoch }
    const serve = adaptiveLimit({ clock })(async () => ({ value: 1 }))
    const call = (priority: string): ServedCall => served('rent', [], { attachments: { priority } })
    await serve(call('bulk'))
    blockedMs = 20 + 51
    expect(await rejection(serve(call('bulk')))).to.include({ code: 'resource_exhausted', outcome: 'not-run' })
    await serve(call('normal'))
    blockedMs = 20 + 151
    const error = await rejection(serve(call('normal')))
    expect(error.message).to.contain('the event loop is 151 ms late, too much for a normal call')
    expect(error).to.include({ retryAfterMs: 50 })
    await serve(call('critical'))
  })

  it('gives a stream a place, and learns nothing of its length', async () => {
    const clock = handClock()
    const limiting = adaptiveLimit({ clock, windowMs: 100 })
    const serve = limiting(async () => {
      await sleep(clock, 5_000)
      return { value: undefined }
    })
    const before = limiting.limit.current
    const streams = Array.from({ length: 15 }, () => serve(served('watch', [], { stream: 'server' })))
    await clock.advance(5_000)
    await Promise.all(streams)
    expect(limiting.limit.current).to.equal(before)
  })

  it('refuses options out of range, naming them', () => {
    const wrong: [AdaptiveLimitOptions, RegExp][] = [
      [{ min: 0 }, /min .* got 0/],
      [{ min: 10, max: 9 }, /max must be an integer from 10 .* got 9/],
      [{ initial: 3 }, /initial must be an integer from 4 .* got 3/],
      [{ tolerance: 0.9 }, /tolerance .* got 0.9/],
      [{ smoothing: 0 }, /smoothing .* got 0/],
      [{ longWindow: 9 }, /longWindow .* got 9/],
      [{ headroom: 0 }, /headroom .* got 0/],
      [{ windowMs: 99 }, /windowMs .* got 99/],
      [{ maxLagMs: 4 }, /maxLagMs .* got 4/],
      [{ queue: 0.5 }, /queue .* got 0.5/],
    ]
    for (const [options, message] of wrong) expect(() => adaptiveLimit(options)).to.throw(RangeError, message)
  })
})
