import type { Reply } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import type { ServedCall } from '@kumquat/rpc'
import { expect } from 'chai'
import { deadline } from '../../src/filters/deadline.ts'
import { rejection } from '../rejection.ts'
import { served } from '../served.ts'

describe('deadline()', () => {
  const timeless = served('rent')
  const running = () => {
    const clock = handClock({ startMs: 100 })
    const entered: ServedCall[] = []
    let finish = (_: Reply): void => {}
    const call = deadline({ clock })((invocation) => {
      entered.push(invocation)
      return new Promise((resolve) => {
        finish = resolve
      })
    })
    return { clock, entered, call, finish: (reply: Reply) => finish(reply) }
  }

  it('lets a call without a deadline pass, without a timer', async () => {
    const { clock, call, finish } = running()
    const settled = call(timeless)
    expect(clock.pending).to.equal(0)
    finish({ value: 1 })
    expect(await settled).to.deep.equal({ value: 1 })
  })

  it('lets a call pass that ends in time, and leaves no timer', async () => {
    const { clock, call, finish } = running()
    const settled = call({ ...timeless, deadline: 150 })
    await clock.advance(49)
    finish({ value: 1 })
    expect(await settled).to.deep.equal({ value: 1 })
    expect(clock.pending).to.equal(0)
  })

  for (const late of [100, 99]) {
    it(`does not run a call whose deadline was ${100 - late} ms ago`, async () => {
      const { call, entered } = running()
      const error = await rejection(call({ ...timeless, deadline: late }))
      expect(error).to.include({ code: 'deadline_exceeded', outcome: 'not-run' })
      expect(error.message).to.contain('movie/catalog/rent was not run')
      expect(entered).to.deep.equal([])
    })
  }

  it('gives up on a call that takes longer, which may still be running', async () => {
    const { clock, call, finish } = running()
    const settled = rejection(call({ ...timeless, deadline: 150 }))
    await clock.advance(50)
    const error = await settled
    expect(error).to.include({ code: 'deadline_exceeded', outcome: 'unknown' })
    expect(error.message).to.contain('longer than the 50 ms')
    finish({ value: 1 })
    expect(clock.pending).to.equal(0)
  })

  it('lets a failure pass, and leaves no timer', async () => {
    const clock = handClock()
    const call = deadline({ clock })(() => Promise.reject(new Error('broken')))
    expect(await call({ ...timeless, deadline: 1 }).catch((error: Error) => error.message)).to.equal('broken')
    expect(clock.pending).to.equal(0)
  })

  describe('whose callers have wrong times', () => {
    const serving = (maxExpiredPercent?: number) => {
      const clock = handClock({ startMs: 50_000 })
      const ran: ServedCall[] = []
      const serve = deadline({ clock, maxExpiredPercent })(async (call) => {
        ran.push(call)
        return { value: 'ran' }
      })
      const call = (deadline?: number): Promise<unknown> =>
        serve(served('rent', [], deadline === undefined ? {} : { deadline })).catch(
          ({ code }: { code: string }) => code,
        )
      const refused = async (calls: number, leftMs: number): Promise<number> => {
        let count = 0
        for (let i = 0; i < calls; i++) if ((await call(clock.now() + leftMs)) === 'deadline_exceeded') count++
        return count
      }
      return { clock, ran, call, refused }
    }

    it('always refuses ten within ten seconds, and not the eleventh', async () => {
      const { clock, refused } = serving()
      expect(await refused(11, 0)).to.equal(10)
      await clock.advance(9_000)
      expect(await refused(1, -1)).to.equal(0)
      await clock.advance(1_000)
      expect(await refused(11, -1)).to.equal(10)
    })

    it('refuses a fifth of them at most, all together', async () => {
      const { refused } = serving()
      expect(await refused(1_000, 0)).to.equal(200)
    })

    it('refuses every late one as long as they are no more than a fifth', async () => {
      const { clock, refused } = serving()
      for (let second = 0; second < 60; second++) {
        expect(await refused(80, 1_000)).to.equal(0)
        expect(await refused(20, 0)).to.equal(20)
        await clock.advance(1_000)
      }
    })

    it('does not count calls without a deadline', async () => {
      const { call, refused } = serving()
      for (let i = 0; i < 1_000; i++) await call()
      expect(await refused(20, 0)).to.equal(10)
    })

    it('gives those that it runs three seconds of its own, and no more', async () => {
      const { clock, ran, refused } = serving(0)
      expect(await refused(1, -100)).to.equal(0)
      expect(ran.map(({ deadline }) => deadline)).to.deep.equal([clock.now() + 3_000])
      expect(clock.pending).to.equal(0)
      const held = deadline({ clock, maxExpiredPercent: 0 })(() => new Promise(() => {}))
      const settled = rejection(held(served('rent', [], { deadline: 0 })))
      await clock.advance(3_000)
      expect(await settled).to.include({ code: 'deadline_exceeded', outcome: 'unknown' })
    })

    for (const [percent, most] of [
      [0, 0],
      [50, 100],
      [100, 200],
    ] as const) {
      it(`refuses ${most} of 200 where ${percent} in a hundred may be`, async () => {
        expect(await serving(percent).refused(200, 0)).to.equal(most)
      })
    }

    for (const percent of [-1, 100.5, Number.NaN]) {
      it(`refuses a share of ${percent}, naming it`, () => {
        expect(() => deadline({ clock: handClock(), maxExpiredPercent: percent })).to.throw(
          RangeError,
          `maxExpiredPercent must be a number from 0 to 100, got ${percent}`,
        )
      })
    }
  })
})
