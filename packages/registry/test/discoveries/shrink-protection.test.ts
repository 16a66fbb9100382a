import { handClock } from '@kumquat/core/testing'
import { shrinkProtection } from '@kumquat/registry'
import { expect } from 'chai'
import { hostsOf, scriptedDiscovery, suspectsOf } from './scripted-discovery.ts'
import { scriptedProbe } from './scripted-probe.ts'

describe('shrinkProtection()', () => {
  const service = { app: 'movie', group: 'catalog' }
  const protectedFrom = async ({ hosts = ['a', 'b', 'c', 'd'], blind = false } = {}) => {
    const clock = handClock()
    const probe = scriptedProbe(clock)
    const registry = scriptedDiscovery(...hosts)
    const options = { clock, rng: () => 0.5, ...(blind ? {} : { prober: probe.prober }) }
    const watch = await shrinkProtection(options)(registry).watch(service)
    return { clock, registry, watch, ...probe }
  }

  it('keeps everybody when the registry forgets everybody, and uses those that answer like before', async () => {
    const { clock, registry, watch } = await protectedFrom()
    const { records } = watch.current
    registry.says([])
    expect(watch.current.records).to.deep.equal(records)
    expect(suspectsOf(watch.current)).to.deep.equal({
      a: 'last resort',
      b: 'last resort',
      c: 'last resort',
      d: 'last resort',
    })
    await clock.advance(15)
    expect(suspectsOf(watch.current)).to.deep.equal({ a: 'in use', b: 'in use', c: 'in use', d: 'in use' })
    await clock.advance(3_600_000)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'b', 'c', 'd'])
    registry.says(['a', 'b', 'c', 'd'])
    expect(suspectsOf(watch.current)).to.deep.equal({})
    await clock.advance(500)
    expect(clock.pending).to.equal(0)
  })

  it('keeps more than half of three or more in reserve', async () => {
    const { registry, watch } = await protectedFrom()
    registry.says(['a'])
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'b', 'c', 'd'])
    expect(suspectsOf(watch.current)).to.deep.equal({ b: 'last resort', c: 'last resort', d: 'last resort' })
  })

  it('leaves half, or one of two, to the next', async () => {
    const { registry, watch } = await protectedFrom()
    registry.says(['a', 'b'])
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'b'])
    registry.says(['b'])
    expect(hostsOf(watch.current)).to.deep.equal(['b'])
  })

  it('believes a shutdown of all that say goodbye, at once', async () => {
    const { clock, registry, watch, looks } = await protectedFrom()
    registry.says([], ['a', 'b', 'c', 'd'])
    expect(hostsOf(watch.current)).to.deep.equal([])
    expect([looks.length, clock.pending]).to.deep.equal([0, 0])
  })

  it('lets those go that refuse connections, and those that are silent twice', async () => {
    const { clock, registry, watch, findings } = await protectedFrom()
    findings.set('a', 'gone').set('b', 'silent')
    registry.says([])
    await clock.advance(15)
    expect(hostsOf(watch.current)).to.deep.equal(['b', 'c', 'd'])
    expect(suspectsOf(watch.current)).to.include({ b: 'last resort' })
    await clock.advance(2_000)
    expect(hostsOf(watch.current)).to.deep.equal(['c', 'd'])
  })

  it('believes that nobody is left when the registry and the probes say so', async () => {
    const { clock, registry, watch, findings } = await protectedFrom()
    for (const host of ['a', 'b', 'c', 'd']) findings.set(host, 'gone')
    registry.says([])
    await clock.advance(15)
    expect(hostsOf(watch.current)).to.deep.equal([])
    expect(clock.pending).to.equal(0)
  })

  it('believes two further full answers when there is nobody to look', async () => {
    const { clock, registry, watch } = await protectedFrom({ blind: true })
    registry.says([])
    await clock.advance(19_999)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'b', 'c', 'd'])
    await clock.advance(1)
    expect(hostsOf(watch.current)).to.deep.equal([])
    expect([registry.open, clock.pending]).to.deep.equal([1, 0])
  })

  it('counts no answer of a registry that does not answer', async () => {
    const { clock, registry, watch } = await protectedFrom({ blind: true })
    registry.says([])
    registry.answers = false
    await clock.advance(60_000)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'b', 'c', 'd'])
    registry.answers = true
    await clock.advance(20_000)
    expect(hostsOf(watch.current)).to.deep.equal([])
  })

  it('looks at no more than 200 a second, in order', async () => {
    const hosts = Array.from({ length: 1_000 }, (_, i) => `h${i}`)
    const { clock, registry, looks } = await protectedFrom({ hosts })
    registry.says([])
    await clock.advance(999)
    expect(looks.length).to.equal(200)
    await clock.advance(4_001)
    const first = looks.slice(0, 200).map(({ host }) => host)
    expect(first).to.deep.equal(hosts.slice(0, 200))
    expect(looks.length).to.be.within(1_000, 1_001)
  })

  it('leaves nothing behind when it is disposed', async () => {
    for (const blind of [true, false]) {
      const { clock, registry, watch } = await protectedFrom({ blind })
      registry.says([])
      await clock.advance(100)
      await watch[Symbol.asyncDispose]()
      await clock.advance(100_000)
      expect([registry.open, clock.pending]).to.deep.equal([0, 0])
    }
  })
})
