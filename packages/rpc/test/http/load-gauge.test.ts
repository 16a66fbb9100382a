import { performance } from 'node:perf_hooks'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { loadGauge } from '../../src/http/load-gauge.ts'

describe('the load gauge', () => {
  it('says how busy the event loop was in the last second, and how many requests there are', async () => {
    const clock = handClock()
    const gauge = loadGauge(clock)
    expect(gauge.text(3)).to.equal('elu=0.00, inflight=3')
    const until = performance.eventLoopUtilization().active + 20
    while (performance.eventLoopUtilization().active < until) Math.sqrt(until)
    await clock.advance(1_000)
    expect(gauge.text(0)).to.match(/^elu=(0\.\d[1-9]|0\.[1-9]\d|1\.00), inflight=0$/)
    gauge[Symbol.dispose]()
    expect(clock.pending).to.equal(0)
  })
})
