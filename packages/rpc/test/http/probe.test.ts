import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { Probe } from '../../src/http/probe.ts'

describe('a probe', () => {
  const probing = (answers: readonly boolean[], rng = () => 1) => {
    const clock = handClock()
    const looks: number[] = []
    let recoveries = 0
    const probe = new Probe({
      clock,
      rng,
      look: async () => answers[looks.push(clock.now()) - 1] ?? false,
      recovered: () => {
        recoveries++
      },
    })
    return { clock, probe, looks, recoveries: () => recoveries }
  }

  it('looks after 50 ms, then after twice that, up to every 2 s, until the peer is back', async () => {
    const { clock, probe, looks, recoveries } = probing([...Array(9).fill(false), true])
    probe.start()
    await clock.advance(60_000)
    expect(looks).to.deep.equal([50, 150, 350, 750, 1_550, 3_150, 5_150, 7_150, 9_150, 11_150])
    expect(recoveries()).to.equal(1)
    expect(clock.pending).to.equal(0)
  })

  it('looks at a random moment of that time', async () => {
    const { clock, probe, looks } = probing([], () => 0.5)
    probe.start()
    await clock.advance(200)
    expect(looks).to.deep.equal([25, 75, 175])
    probe.stop()
  })

  it('runs once, however often it is started', async () => {
    const { clock, probe, looks } = probing([])
    probe.start()
    probe.start()
    await clock.advance(50)
    expect(looks).to.deep.equal([50])
    probe.stop()
  })

  it('leaves no timer when it is stopped, and tells of no recovery any more', async () => {
    const { clock, probe, looks, recoveries } = probing([true])
    probe.start()
    const looking = clock.advance(50)
    probe.stop()
    await looking
    expect(clock.pending).to.equal(0)
    expect([looks.length, recoveries()]).to.deep.equal([0, 0])
  })

  it('begins anew with 50 ms when it is started again', async () => {
    const { clock, probe, looks } = probing([false, true, true])
    probe.start()
    await clock.advance(1_000)
    probe.start()
    await clock.advance(1_000)
    expect(looks).to.deep.equal([50, 150, 1_050])
  })
})
