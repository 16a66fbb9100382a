import { every, sleep } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'

describe('every', () => {
  it('runs its task once a period, first after one', async () => {
    const clock = handClock()
    const at: number[] = []
    every(clock, 100, () => void at.push(clock.now()))
    await clock.advance(350)
    expect(at).to.deep.equal([100, 200, 300])
  })

  it('waits for a slow task before it counts the next period', async () => {
    const clock = handClock()
    const starts: number[] = []
    every(clock, 100, async () => {
      starts.push(clock.now())
      await sleep(clock, 250)
    })
    await clock.advance(800)
    expect(starts).to.deep.equal([100, 450, 800])
  })

  it('leaves no timer when disposed, be it within the task', async () => {
    const clock = handClock()
    let runs = 0
    const ticking = every(clock, 100, () => {
      runs++
      if (runs === 2) ticking[Symbol.dispose]()
    })
    await clock.advance(1_000)
    expect([runs, clock.pending]).to.deep.equal([2, 0])

    every(clock, 100, () => {})[Symbol.dispose]()
    expect(clock.pending).to.equal(0)
  })

  it('does not go on if it is disposed while a task is running', async () => {
    const clock = handClock()
    let runs = 0
    const ticking = every(clock, 100, async () => {
      runs++
      await sleep(clock, 50)
    })
    await clock.advance(120)
    ticking[Symbol.dispose]()
    await clock.advance(1_000)
    expect([runs, clock.pending]).to.deep.equal([1, 0])
  })
})

describe('sleep', () => {
  it('resolves after its time', async () => {
    const clock = handClock()
    let woke = false
    void sleep(clock, 100).then(() => {
      woke = true
    })
    await clock.advance(99)
    expect(woke).to.equal(false)
    await clock.advance(1)
    expect(woke).to.equal(true)
  })

  it('resolves at once on an abort, and leaves no timer', async () => {
    const clock = handClock()
    const abort = new AbortController()
    const sleeping = sleep(clock, 100, abort.signal)
    abort.abort()
    await sleeping
    expect(clock.pending).to.equal(0)
  })

  it('does not begin if the signal has aborted already', async () => {
    const clock = handClock()
    await sleep(clock, 100, AbortSignal.abort())
    expect(clock.pending).to.equal(0)
  })

  it('leaves no listener on a signal that outlives it', async () => {
    const clock = handClock()
    const { signal } = new AbortController()
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--
      remove(...args)
    }
    const sleeping = sleep(clock, 100, signal)
    expect(listeners).to.equal(1)
    await clock.advance(100)
    await sleeping
    expect(listeners).to.equal(0)
  })
})
