import { providerRecord } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { type Finding, type Probe, Prober } from '@kumquat/registry'
import { expect } from 'chai'

describe('a prober', () => {
  const record = providerRecord({ host: 'a', port: 80 })
  const looking = (probe: Probe) => {
    const clock = handClock()
    return { clock, prober: new Prober({ probe, clock, rng: () => 0.5 }) }
  }

  it('passes on what the probe finds, and takes its failure for silence', async () => {
    for (const finding of ['alive', 'gone', 'silent'] as const) {
      const { clock, prober } = looking(async () => finding)
      expect(await prober.look(record, 100)).to.equal(finding)
      expect(clock.pending).to.equal(0)
    }
    const { prober } = looking(() => Promise.reject(new Error('no route')))
    expect(await prober.look(record, 100)).to.equal('silent')
  })

  it('ends a look that takes too long, and tells the probe', async () => {
    let told: AbortSignal | undefined
    const { clock, prober } = looking((_, signal) => {
      told = signal
      return new Promise(() => {})
    })
    const look = prober.look(record, 100)
    await clock.advance(99)
    expect(told?.aborted).to.equal(false)
    await clock.advance(1)
    expect([await look, told?.aborted]).to.deep.equal(['silent', true])
  })

  it('blames nobody for a silence that it noticed late, being busy itself', async () => {
    const { clock } = looking(async () => 'alive')
    let now = 0
    const busy = { ...clock, now: () => now }
    const prober = new Prober({ probe: () => new Promise<Finding>(() => {}), clock: busy, rng: () => 0.5 })
    const look = prober.look(record, 100)
    now = 10_000
    await clock.advance(100)
    expect(await look).to.equal(undefined)
  })

  it('refuses a pace that is none', () => {
    const { clock } = looking(async () => 'alive')
    expect(() => new Prober({ probe: async () => 'alive', perSecond: 0, clock, rng: () => 0 })).to.throw(
      RangeError,
      '0',
    )
  })
})
