import { Cell, type SessionState } from '@kumquat/core'
import { handClock, recordingLogger } from '@kumquat/core/testing'
import { lastKnownGood } from '@kumquat/registry'
import { expect } from 'chai'
import { hostsOf, scriptedDiscovery } from './scripted-discovery.ts'

describe('lastKnownGood()', () => {
  const service = { app: 'movie', group: 'catalog' }
  const known = () => {
    const clock = handClock({ epochMs: 1_000 })
    const session = new Cell<SessionState>('connected')
    const logger = recordingLogger()
    const registry = scriptedDiscovery('a', 'b')
    const discovery = lastKnownGood({ session, name: 'the registry zk://a', clock, logger })(registry)
    return { clock, session, logger, registry, discovery }
  }

  it('says that the set stands from memory while the registry is away, and since when', async () => {
    const { clock, session, discovery } = known()
    const watch = await discovery.watch(service)
    const { records } = watch.current
    const sources: string[] = []
    watch.subscribe(({ source }) => sources.push(source))
    await clock.advance(500)
    session.set('suspended')
    await clock.advance(5_000)
    session.set('lost')
    expect(watch.current).to.deep.include({ source: 'memory', asOf: 1_500 })
    expect(watch.current.records).to.equal(records)
    session.set('connected')
    expect(watch.current.source).to.equal('registry')
    expect(sources).to.deep.equal(['memory', 'registry'])
  })

  it('logs the going and the coming back once, whatever the number of services', async () => {
    const { session, logger, discovery } = known()
    for (const group of ['x', 'y', 'z']) await discovery.watch({ app: 'movie', group })
    for (const state of ['suspended', 'lost', 'suspended', 'connected'] as const) session.set(state)
    expect(logger.lines.map(({ level }) => level)).to.deep.equal(['warn', 'info'])
    expect(logger.lines[0]?.message).to.equal('the registry zk://a is away: calls go on to the providers it last named')
    expect(logger.lines[1]?.message).to.equal('the registry zk://a is back')
  })

  it('passes on what changes', async () => {
    const { registry, discovery } = known()
    const watch = await discovery.watch(service)
    registry.says(['a'])
    expect(hostsOf(watch.current)).to.deep.equal(['a'])
  })

  it('is silent once disposed', async () => {
    const { session, registry, discovery } = known()
    const watch = await discovery.watch(service)
    let told = 0
    watch.subscribe(() => told++)
    await watch[Symbol.asyncDispose]()
    session.set('lost')
    registry.says([])
    expect([told, registry.open]).to.deep.equal([0, 0])
  })
})
