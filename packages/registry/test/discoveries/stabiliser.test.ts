import { handClock } from '@kumquat/core/testing'
import { type StabiliserOptions, stabiliser } from '@kumquat/registry'
import { expect } from 'chai'
import { hostsOf, scriptedDiscovery, suspectsOf } from './scripted-discovery.ts'
import { scriptedProbe } from './scripted-probe.ts'

describe('stabiliser()', () => {
  const service = { app: 'movie', group: 'catalog' }
  const stabilised = async (options: Omit<StabiliserOptions, 'prober' | 'clock'> & { blind?: boolean } = {}) => {
    const { blind = false, ...more } = options
    const clock = handClock()
    const probe = scriptedProbe(clock)
    const registry = scriptedDiscovery('a', 'b', 'c')
    const watch = await stabiliser({ ...(blind ? {} : { prober: probe.prober }), clock, ...more })(registry).watch(
      service,
    )
    return { clock, registry, watch, ...probe }
  }

  it('shows who comes at once', async () => {
    const { registry, watch, looks } = await stabilised()
    registry.says(['a', 'b', 'c', 'd'])
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'b', 'c', 'd'])
    expect(looks).to.deep.equal([])
  })

  it('lets who said goodbye go at once, without a look', async () => {
    const { clock, registry, watch, looks } = await stabilised()
    registry.says(['a', 'c'], ['b'])
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'c'])
    expect([looks.length, clock.pending]).to.deep.equal([0, 0])
  })

  it('goes on using who merely vanished, in the same place, for as long as it answers', async () => {
    const { clock, registry, watch, looks } = await stabilised()
    registry.says(['a', 'c'])
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'b', 'c'])
    expect(suspectsOf(watch.current)).to.deep.equal({ b: 'in use' })
    await clock.advance(60_000)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'b', 'c'])
    expect(looks.length).to.equal(61)
    registry.says(['a', 'b', 'c'])
    expect(suspectsOf(watch.current)).to.deep.equal({})
    expect(clock.pending).to.equal(0)
  })

  it('drops who vanished and refuses connections without any time passing', async () => {
    const { clock, registry, watch, findings } = await stabilised()
    findings.set('b', 'gone')
    registry.says(['a', 'c'])
    await clock.advance(0)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'c'])
    expect([...watch.current.departed]).to.deep.equal(['b:80'])
    expect(clock.pending).to.equal(0)
  })

  it('drops who vanished and is silent twice in a row within half a second', async () => {
    const { clock, registry, watch, findings } = await stabilised()
    findings.set('b', 'silent')
    registry.says(['a', 'c'])
    await clock.advance(489)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'b', 'c'])
    await clock.advance(1)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'c'])
  })

  it('forgives one silence between two answers', async () => {
    const { clock, registry, watch, findings } = await stabilised()
    findings.set('b', 'silent')
    registry.says(['a', 'c'])
    await clock.advance(100)
    findings.delete('b')
    await clock.advance(1_000)
    findings.set('b', 'silent')
    await clock.advance(200)
    findings.delete('b')
    await clock.advance(10_000)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'b', 'c'])
  })

  it('lets a suspect go that says goodbye after all', async () => {
    const { clock, registry, watch, looks } = await stabilised()
    registry.says(['a', 'c'])
    registry.says(['a', 'c'], ['b'])
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'c'])
    await clock.advance(5_000)
    expect([looks.length, clock.pending]).to.deep.equal([1, 0])
  })

  it('waits a second for who vanished when there is nobody to look', async () => {
    const { clock, registry, watch } = await stabilised({ blind: true })
    registry.says(['a', 'c'])
    await clock.advance(999)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'b', 'c'])
    await clock.advance(1)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'c'])
  })

  it('tells nothing of an entry that flaps', async () => {
    const { clock, registry, watch } = await stabilised({ blind: true })
    const { records } = watch.current
    for (let i = 0; i < 5; i++) {
      registry.says(['a', 'c'])
      await clock.advance(500)
      expect(watch.current.records).to.deep.equal(records)
      registry.says(['a', 'b', 'c'])
    }
    await clock.advance(10_000)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'b', 'c'])
    expect(clock.pending).to.equal(0)
  })

  it('believes the registry after a quarter of an hour, when it lists others', async () => {
    const { clock, registry, watch } = await stabilised({ maxSuspectMs: 10_000 })
    registry.says(['a', 'c'])
    await clock.advance(9_999)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'b', 'c'])
    await clock.advance(1_001)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'c'])
    registry.says([])
    await clock.advance(60_000)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'c'])
  })

  it('leaves nothing behind when it is disposed', async () => {
    const { clock, registry, watch } = await stabilised()
    let told = 0
    registry.says(['a'])
    watch.subscribe(() => told++)
    await watch[Symbol.asyncDispose]()
    registry.says([])
    await clock.advance(10_000)
    expect([told, registry.open, clock.pending]).to.deep.equal([0, 0, 0])
  })

  it('refuses a grace that is none', () => {
    expect(() => stabiliser({ graceMs: -1 })).to.throw(RangeError, '-1')
    expect(() => stabiliser({ graceMs: Number.NaN })).to.throw(RangeError, 'NaN')
  })
})
