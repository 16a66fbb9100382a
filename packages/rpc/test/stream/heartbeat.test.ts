import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { heartbeat } from '../../src/stream/heartbeat.ts'

const watching = () => {
  const clock = handClock()
  const told: string[] = []
  let heardAt = 0
  let heldMs = 0
  const beat = heartbeat({
    heartbeatMs: 1_000,
    heardAt: () => heardAt,
    ping: () => told.push(`ping ${clock.now()}`),
    dead: () => told.push(`dead ${clock.now()}`),
    clock: { ...clock, now: () => clock.now() + heldMs },
  })
  const hold = (ms: number) => {
    heldMs += ms
  }
  return { clock, told, beat, hold, hear: () => (heardAt = clock.now()) }
}

describe('a heartbeat', () => {
  it('asks nobody who is heard of', async () => {
    const { clock, told, hear } = watching()
    for (let i = 0; i < 100; i++) {
      await clock.advance(500)
      hear()
    }
    expect(told).to.deep.equal([])
  })

  it('asks after a silence, and gives up before twice that', async () => {
    const { clock, told } = watching()
    await clock.advance(10_000)
    expect(told).to.deep.equal(['ping 1000', 'dead 1900'])
    expect(clock.pending).to.equal(0)
  })

  it('is content with any sign of life, and asks again after the next silence', async () => {
    const { clock, told, hear } = watching()
    await clock.advance(1_100)
    hear()
    await clock.advance(2_000)
    expect(told).to.deep.equal(['ping 1000', 'ping 2100', 'dead 3000'])
  })

  it('does not count a step in which we were held up ourselves', async () => {
    const { clock, told, hold } = watching()
    await clock.advance(1_050)
    hold(3_000)
    await clock.advance(949)
    expect(told).to.deep.equal(['ping 1000'])
    await clock.advance(1)
    expect(told).to.deep.equal(['ping 1000', 'dead 2000'])
  })

  it('leaves no timer once disposed', () => {
    const { clock, beat } = watching()
    beat[Symbol.dispose]()
    expect(clock.pending).to.equal(0)
  })
})
