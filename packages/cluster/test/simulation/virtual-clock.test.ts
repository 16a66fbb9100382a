import { VirtualClock } from '@kumquat/cluster/simulation'
import { every, seededRng, sleep } from '@kumquat/core'
import { expect } from 'chai'

describe('the virtual clock', () => {
  it('runs timers by their time, those of one moment in the order in which they were set', async () => {
    const clock = new VirtualClock()
    const rng = seededRng(1)
    const seen: (readonly [at: number, set: number])[] = []
    for (let i = 0; i < 2_000; i++) {
      const at = Math.floor(rng() * 50)
      clock.after(at, () => void seen.push([clock.now(), i]))
    }
    await clock.runUntil(100)
    expect(seen).to.have.length(2_000)
    expect(seen).to.deep.equal([...seen].sort((a, b) => a[0] - b[0] || a[1] - b[1]))
    expect(clock.now()).to.equal(100)
  })

  it('lets every promise settle before time goes on', async () => {
    const clock = new VirtualClock()
    const seen: string[] = []
    const chain = async (): Promise<void> => {
      for (let i = 0; i < 100; i++) await null
      seen.push(`settled at ${clock.now()}`)
    }
    clock.after(1, () => void chain())
    clock.after(1, () => seen.push('second'))
    clock.after(2, () => seen.push('third'))
    await clock.runUntil(2)
    expect(seen).to.deep.equal(['settled at 1', 'second', 'third'])
  })

  it('lets promises settle that wait already when it is set going, from wherever that is', async () => {
    const clock = new VirtualClock()
    let settled = false
    const chain = async (): Promise<void> => {
      for (let i = 0; i < 100; i++) await null
      settled = true
    }
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        clock.after(0, () => void chain())
        clock.after(0, () => {
          expect(settled).to.equal(true)
          resolve()
        })
        void clock.runUntil(0)
      })
    })
  })

  it('runs what falls due at the end of the time given, and leaves the rest', async () => {
    const clock = new VirtualClock()
    const seen: number[] = []
    for (const at of [9, 10, 11]) clock.after(at, () => void seen.push(at))
    await clock.runUntil(10)
    expect([seen, clock.now(), clock.pending]).to.deep.equal([[9, 10], 10, 1])
    await clock.runUntil(11)
    expect([seen, clock.now(), clock.pending]).to.deep.equal([[9, 10, 11], 11, 0])
  })

  it('never goes back', async () => {
    const clock = new VirtualClock()
    await clock.runUntil(10)
    await clock.runUntil(5)
    expect(clock.now()).to.equal(10)
    let ranAt = -1
    clock.after(-5, () => {
      ranAt = clock.now()
    })
    await clock.runUntil(10)
    expect(ranAt).to.equal(10)
  })

  it('shows a wall clock that goes with it', async () => {
    const clock = new VirtualClock()
    const before = clock.epoch()
    await clock.runUntil(1_234)
    expect(clock.epoch() - before).to.equal(1_234)
  })

  it('stops where it is told to', async () => {
    const clock = new VirtualClock()
    let ran = 0
    for (let at = 1; at <= 5; at++) clock.after(at, () => ran++)
    await clock.runUntil(10, () => ran < 3)
    expect([ran, clock.now(), clock.pending]).to.deep.equal([3, 3, 2])
  })

  it('runs no timer that was disposed, and disposing twice or too late does nothing', async () => {
    const clock = new VirtualClock()
    let ran = 0
    const timers = Array.from({ length: 10 }, () => clock.after(1, () => ran++))
    for (const timer of timers.slice(0, 4)) timer[Symbol.dispose]()
    timers[0]![Symbol.dispose]()
    expect(clock.pending).to.equal(6)
    await clock.runUntil(1)
    timers[9]![Symbol.dispose]()
    expect([ran, clock.pending]).to.deep.equal([6, 0])
  })

  it('keeps the order when most of many timers are disposed', async () => {
    const clock = new VirtualClock()
    const rng = seededRng(2)
    const seen: number[] = []
    const timers = Array.from({ length: 10_000 }, () => {
      const at = Math.floor(rng() * 1_000)
      return clock.after(at, () => void seen.push(at))
    })
    for (const [i, timer] of timers.entries()) if (i % 10 !== 0) timer[Symbol.dispose]()
    expect(clock.pending).to.equal(1_000)
    await clock.runUntil(1_000)
    expect(seen).to.have.length(1_000)
    expect(seen).to.deep.equal([...seen].sort((a, b) => a - b))
    expect(clock.pending).to.equal(0)
  })

  it('rejects with what a timer throws', async () => {
    const clock = new VirtualClock()
    clock.after(1, () => {
      throw new Error('a mistake')
    })
    const said = await clock.runUntil(10).catch((error: Error) => error.message)
    expect(said).to.equal('a mistake')
  })

  it('carries what waits and repeats by a clock', async () => {
    const clock = new VirtualClock()
    const seen: string[] = []
    const ticking = every(clock, 10, () => void seen.push(`tick ${clock.now()}`))
    void sleep(clock, 15).then(() => seen.push(`slept ${clock.now()}`))
    await clock.runUntil(25)
    ticking[Symbol.dispose]()
    await clock.runUntil(50)
    expect(seen).to.deep.equal(['tick 10', 'slept 15', 'tick 20'])
  })
})
