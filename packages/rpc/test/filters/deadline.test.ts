import type { Invocation, Reply } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { deadline } from '../../src/filters/deadline.ts'
import { rejection } from '../rejection.ts'
import { calling } from '../serving.ts'

describe('deadline()', () => {
  const { deadline: _, ...timeless } = calling('rent')
  const running = () => {
    const clock = handClock({ startMs: 100 })
    const entered: Invocation[] = []
    let finish = (_: Reply): void => {}
    const call = deadline<Invocation>(clock)((invocation) => {
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
    const call = deadline<Invocation>(clock)(() => Promise.reject(new Error('broken')))
    expect(await call({ ...timeless, deadline: 1 }).catch((error: Error) => error.message)).to.equal('broken')
    expect(clock.pending).to.equal(0)
  })
})
