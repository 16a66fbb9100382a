import type { Reply } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { ceiling, currentCall, type ServedCall } from '@kumquat/rpc'
import { expect } from 'chai'
import { aroundServing } from '../../src/filters/order.ts'
import { rejection } from '../rejection.ts'
import { served } from '../served.ts'

describe('ceiling()', () => {
  const bounded = async (call: ServedCall): Promise<ServedCall> => {
    const clock = handClock({ startMs: 100 })
    let seen: ServedCall | undefined
    await ceiling({ ms: 1_000, methods: { 'movie/catalog/slow': 50_000 }, clock })(async (inside) => {
      seen = inside
      return { value: undefined }
    })(call)
    return seen!
  }

  it('bounds the time of a call that allows more, or names none', async () => {
    expect(await bounded(served('rent', [], { deadline: 1_101 }))).to.include({ deadline: 1_100 })
    expect(await bounded(served('rent'))).to.include({ deadline: 1_100 })
    expect(await bounded(served('slow'))).to.include({ deadline: 50_100 })
  })

  it('lets a call pass as it is that allows no more', async () => {
    const call = served('rent', [], { deadline: 1_100 })
    expect(await bounded(call)).to.equal(call)
  })

  it('keeps the signal of a call', async () => {
    const { signal } = new AbortController()
    expect((await bounded(served('rent', [], { signal }))).signal).to.equal(signal)
  })

  it('ends a call that takes longer, and is known to what the method calls', async () => {
    const clock = handClock()
    let known: number | undefined
    const method = (): Promise<Reply> => {
      known = currentCall()?.deadline
      return new Promise(() => {})
    }
    const settled = rejection(aroundServing(clock, [], { ceiling: ceiling({ ms: 10, clock }) })(method)(served('rent')))
    await clock.advance(10)
    expect(await settled).to.include({ code: 'deadline_exceeded', outcome: 'unknown' })
    expect(known).to.equal(10)
  })

  it('refuses times out of range, naming them', () => {
    for (const ms of [9, Number.NaN, 2 ** 31]) expect(() => ceiling({ ms })).to.throw(RangeError, `got ${ms}`)
    expect(() => ceiling({ ms: 10, methods: { 'a/b/c': 0 } })).to.throw(RangeError, 'methods["a/b/c"]')
  })
})
