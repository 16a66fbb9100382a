import { type HandClock, handClock } from '@kumquat/core/testing'
import { type Recorder, recorder } from '@kumquat/monitor'
import { expect } from 'chai'
import { type Recent, Source } from '../../src/dashboard/source.ts'
import { Sum } from '../../src/dashboard/sum.ts'
import { observe } from '../parts.ts'
import { read } from './parts.ts'

const SERVICE = 'movie/catalog'

describe('Source', () => {
  let clock: HandClock
  let counts: Recorder
  let source: Source

  beforeEach(() => {
    clock = handClock()
    counts = recorder({ clock })
    source = new Source()
  })

  /** A second in which there were `calls`, and then a look. */
  const second = async (calls: number): Promise<void> => {
    for (let i = 0; i < calls; i++) observe(counts)
    await clock.advance(1_000)
    source.answered(read(counts), clock.now(), Number.POSITIVE_INFINITY)
  }

  const recent = (service = SERVICE, before = clock.now()): Recent =>
    source.recent(service, { now: clock.now(), before })

  it('is up until it misses, suspect then, and down after three misses in a row', () => {
    const states = [source.state]
    for (const event of ['miss', 'miss', 'miss', 'miss', 'answer', 'miss', 'otherwise'] as const) {
      if (event === 'miss') source.missed()
      if (event === 'answer') source.answered(read(counts), 0, 0)
      if (event === 'otherwise') source.answeredOtherwise()
      states.push(source.state)
    }
    expect(states).to.deep.equal(['up', 'suspect', 'suspect', 'down', 'down', 'up', 'suspect', 'up'])
  })

  it('is unmeasured while it answers something else', () => {
    source.answeredOtherwise()
    expect(source.measured).to.equal(false)
    source.answered(read(counts), 0, 0)
    expect(source.measured).to.equal(true)
  })

  it('has the rate of the last ten seconds', async () => {
    for (let i = 0; i < 20; i++) await second(i < 10 ? 100 : 30)
    expect(rate(recent())).to.equal(30)
  })

  it('has a true rate from the first second on', async () => {
    await second(40)
    expect(rate(recent())).to.equal(40)
    await second(20)
    expect(rate(recent())).to.equal(30)
  })

  it('spreads what a missed look hid over the time that it covers', async () => {
    await second(10)
    for (let i = 0; i < 40; i++) observe(counts)
    await clock.advance(3_000)
    await second(0)
    expect(rate(recent())).to.equal(10)
  })

  it('counts long silence as time in which nothing was called, and short silence not', async () => {
    await second(50)
    await clock.advance(2_000)
    expect(rate(recent())).to.equal(50)
    await clock.advance(2_000)
    expect(rate(recent())).to.equal(10)
    expect(recent().newest.readings).to.deep.equal([])
  })

  it('has as its newest all looks since the moment before, and the last one if there was none', async () => {
    await second(10)
    const before = clock.now()
    await second(20)
    await second(40)
    const newest = ({ newest: { seconds, readings } }: Recent): unknown => [seconds, readings.map(({ calls }) => calls)]
    expect(newest(recent(SERVICE, before))).to.deep.equal([2, [20, 40]])
    expect(newest(recent())).to.deep.equal([1, [40]])
  })

  it('has nothing recent when it has been silent for the whole window', async () => {
    await second(50)
    await clock.advance(10_000)
    expect(recent().window.readings).to.deep.equal([])
  })

  it('knows nothing of a service that it does not serve', async () => {
    await second(5)
    expect(recent('other/service').window.readings).to.deep.equal([])
  })
})

function rate({ window }: Recent): number {
  const sum = new Sum()
  for (const reading of window.readings) sum.add(reading, window.seconds)
  return sum.figures(0).callsPerSecond
}
