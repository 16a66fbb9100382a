import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import fc from 'fast-check'

describe('handClock', () => {
  it('moves only when told to, and its wall clock with it', async () => {
    const clock = handClock({ startMs: 5, epochMs: 1_000 })
    expect([clock.now(), clock.epoch()]).to.deep.equal([5, 1_000])
    await clock.advance(250)
    expect([clock.now(), clock.epoch()]).to.deep.equal([255, 1_250])
  })

  it('runs each timer at its time, in order of time and then of asking', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(50), { maxLength: 12 }), async (delays) => {
        const clock = handClock()
        const ran: (readonly [number, number])[] = []
        for (const [asked, delay] of delays.entries()) clock.after(delay, () => void ran.push([clock.now(), asked]))
        await clock.advance(50)
        const expected = delays.map((delay, asked) => [delay, asked] as const).sort(([a, i], [b, j]) => a - b || i - j)
        expect(ran).to.deep.equal(expected)
        expect(clock.pending).to.equal(0)
      }),
      { numRuns: 30 },
    )
  })

  it('runs a timer set by a timer within the same move', async () => {
    const clock = handClock()
    const at: number[] = []
    clock.after(10, () => {
      at.push(clock.now())
      clock.after(10, () => void at.push(clock.now()))
      clock.after(100, () => void at.push(clock.now()))
    })
    await clock.advance(50)
    expect(at).to.deep.equal([10, 20])
    expect(clock.pending).to.equal(1)
  })

  it('lets promises settle before the next timer', async () => {
    const clock = handClock()
    const order: string[] = []
    clock.after(1, () => void Promise.resolve().then(() => order.push('settled')))
    clock.after(2, () => void order.push('next'))
    await clock.advance(5)
    expect(order).to.deep.equal(['settled', 'next'])
  })

  it('forgets what is cancelled, and takes a negative delay for none', async () => {
    const clock = handClock()
    let ran = 0
    clock.after(10, () => ran++)[Symbol.dispose]()
    expect(clock.pending).to.equal(0)
    clock.after(-5, () => ran++)
    await clock.advance(0)
    expect(ran).to.equal(1)
  })
})
