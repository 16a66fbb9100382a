import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { bounded } from '../../src/waiting/bounded.ts'
import { listenersOn } from '../listeners.ts'

describe('bounded()', () => {
  const otherwise = (): Error => new Error('late')
  const never = new Promise<never>(() => {})
  const outcome = (work: Promise<unknown>): Promise<unknown> => work.catch((error: Error) => error.message)

  it('is what the work comes to, and leaves no timer and no listener', async () => {
    const clock = handClock()
    const { signal } = new AbortController()
    expect(await bounded(Promise.resolve(7), { clock, ms: 10, signal, otherwise })).to.equal(7)
    const failing = bounded(Promise.reject(new Error('broken')), { clock, ms: 10, signal, otherwise })
    expect(await outcome(failing)).to.equal('broken')
    expect(clock.pending).to.equal(0)
    expect(listenersOn(signal)).to.equal(0)
  })
  it('gives up when time is over', async () => {
    const clock = handClock()
    const { signal } = new AbortController()
    const settled = outcome(bounded(never, { clock, ms: 10, signal, otherwise }))
    await clock.advance(10)
    expect(await settled).to.equal('late')
    expect(listenersOn(signal)).to.equal(0)
  })
  it('gives up when the signal aborts, or has aborted', async () => {
    const clock = handClock()
    const aborting = new AbortController()
    const settled = outcome(bounded(never, { clock, ms: 10, signal: aborting.signal, otherwise }))
    aborting.abort()
    expect(await settled).to.equal('late')
    expect(await outcome(bounded(never, { clock, ms: 10, signal: aborting.signal, otherwise }))).to.equal('late')
    expect(clock.pending).to.equal(0)
    expect(listenersOn(aborting.signal)).to.equal(0)
  })
})
