import { Cell } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import type { Sighting } from '@kumquat/registry'
import { expect } from 'chai'
import { outlookOf } from '../../src/consumer/outlook.ts'

describe('outlookOf()', () => {
  const seen = (source: Sighting['source']): Sighting => {
    return { records: [], suspects: new Map([['a:1', 'in use']]), departed: new Set(), source, asOf: 1_000 }
  }

  it('has an age that grows while the registry is away, and none while it vouches', async () => {
    const clock = handClock({ epochMs: 1_500 })
    const sightings = new Cell<Sighting | undefined>(undefined)
    const outlook = outlookOf(sightings, clock)
    const told: string[] = []
    using _ = outlook.subscribe(({ source, ageMs }) => told.push(`${source} ${ageMs}`))
    expect(outlook.current).to.deep.include({ source: 'none', ageMs: 0 })
    sightings.set(seen('registry'))
    expect([...outlook.current.suspects]).to.deep.equal([['a:1', 'in use']])
    sightings.set(seen('memory'))
    await clock.advance(2_000)
    expect(outlook.current).to.deep.include({ source: 'memory', ageMs: 2_500 })
    expect(told).to.deep.equal(['registry 0', 'memory 500'])
  })
})
