import { providerRecord, RpcError, silent, sleep } from '@kumquat/core'
import { handClock, recordingLogger } from '@kumquat/core/testing'
import { decodeRecord, drainingPath, MemoryTree, memory, providersPath, registrar } from '@kumquat/registry'
import { expect } from 'chai'
import { type Enter, Presence } from '../../src/provider/presence.ts'
import { registerAll } from '../../src/provider/registrations.ts'
import { rejection } from '../rejection.ts'

const service = { app: 'movie', group: 'catalog' }
const record = providerRecord({ host: '10.0.0.1', port: 1, startedAt: 5 })

describe('the presence of a provider in its registry', () => {
  /** Over a real store; `before` comes ahead of every registration. */
  const begin = (before: (attempt: number) => Promise<unknown> = async () => {}, isWell = true) => {
    const clock = handClock()
    const logger = recordingLogger()
    const store = memory({ tree: new MemoryTree() })
    const options = { registrar: registrar(store), timeoutMs: 5_000, session: store.session, clock }
    let attempts = 0
    const enter: Enter = async (records, signal) => {
      await before(++attempts)
      return await registerAll({ ...options, records, signal, registryName: 'the registry memory:' })
    }
    const presence = new Presence({ records: [{ service, record }], enter, isWell, clock, logger })
    const listed = async (): Promise<readonly number[]> => {
      const entries = await store.list(providersPath(service))
      return entries.map(({ name, value }) => (decodeRecord(name, value) as typeof record).weight)
    }
    const isDraining = async (): Promise<boolean> => (await store.get(drainingPath(service, record))) !== undefined
    return { presence, listed, isDraining, clock, logger, attempts: () => attempts }
  }
  const down = (): Promise<never> =>
    Promise.reject(new RpcError('unavailable', 'connection loss', { outcome: 'not-run' }))

  it('begins outside, and comes and goes as often as it is told to', async () => {
    const { presence, listed, isDraining } = begin()
    expect([presence.readiness, await listed()]).to.deep.equal(['starting', []])
    for (let i = 0; i < 3; i++) {
      await presence.register()
      expect([presence.readiness, await listed(), await isDraining()]).to.deep.equal(['ready', [100], false])
      await presence.unregister()
      expect([presence.readiness, await listed(), await isDraining()]).to.deep.equal(['away', [], true])
    }
  })

  it('takes no second step when told twice', async () => {
    const { presence, listed, attempts } = begin()
    await Promise.all([presence.register(), presence.register()])
    await presence.register()
    expect(attempts()).to.equal(1)
    await Promise.all([presence.unregister(), presence.unregister()])
    await presence.unregister()
    expect(await listed()).to.deep.equal([])
  })

  it('obeys the last word, whatever is under way', async () => {
    const clock = handClock()
    const { presence, listed, attempts } = begin(() => sleep(clock, 100))
    const first = rejection(presence.register())
    await clock.advance(50)
    const out = presence.unregister()
    await clock.advance(50)
    await out
    expect(await first).to.include({ code: 'canceled', outcome: 'not-run' })
    expect(await listed()).to.deep.equal([])

    const again = presence.register()
    await clock.advance(50)
    const taken = presence.unregister()
    const back = presence.register()
    await clock.advance(50)
    await Promise.all([again, taken, back])
    expect([presence.readiness, await listed()]).to.deep.equal(['ready', [100]])
    expect(attempts()).to.equal(2)
  })

  it('is in only while the provider is well', async () => {
    const { presence, listed, isDraining } = begin(undefined, false)
    await presence.register()
    expect([presence.readiness, await listed()]).to.deep.equal(['starting', []])
    presence.feel(true)
    await presence.register()
    expect([presence.readiness, await listed()]).to.deep.equal(['ready', [100]])
    presence.feel(false)
    expect(presence.readiness).to.equal('away')
    await presence.register()
    expect([await listed(), await isDraining()]).to.deep.equal([[], true])
    await presence.unregister()
    presence.feel(true)
    await presence.unregister()
    expect(await listed(), 'well, but not wanted').to.deep.equal([])
  })

  it('keeps what is changed while it is out, and while it is under way', async () => {
    const clock = handClock()
    const { presence, listed } = begin(() => sleep(clock, 100))
    await presence.update({ weight: 7 })
    const registering = presence.register()
    await clock.advance(50)
    const updating = presence.update({ weight: 8 })
    await clock.advance(50)
    await Promise.all([registering, updating])
    expect(await listed()).to.deep.equal([8])
    await presence.update({ weight: 9 })
    await presence.unregister()
    await presence.update({ zone: 'north' })
    const back = presence.register()
    await clock.advance(100)
    await back
    expect(await listed()).to.deep.equal([9])
  })

  it('tries again every 5 s what failed, and says so', async () => {
    const { presence, listed, clock, logger, attempts } = begin((attempt) => (attempt < 3 ? down() : Promise.resolve()))
    expect(await rejection(presence.register())).to.include({ code: 'unavailable' })
    expect(logger.lines.map(({ message }) => message)).to.deep.equal(['not registered; trying again in 5 s'])
    await clock.advance(4_999)
    expect(attempts()).to.equal(1)
    await clock.advance(1)
    expect(attempts()).to.equal(2)
    await clock.advance(5_000)
    expect([attempts(), presence.readiness, await listed()]).to.deep.equal([3, 'ready', [100]])
    expect(clock.pending).to.equal(0)
  })

  it('does not try again what a start fails with', async () => {
    const { presence, clock, logger } = begin(down)
    expect(await rejection(presence.registerOnce())).to.include({ code: 'unavailable' })
    expect([clock.pending, logger.lines]).to.deep.equal([0, []])
  })

  it('stops trying when it is no longer wanted, and leaves no timer', async () => {
    for (const end of ['unregister', Symbol.asyncDispose] as const) {
      const { presence, clock, attempts } = begin(down)
      await rejection(presence.register())
      expect(clock.pending).to.equal(1)
      await presence[end]()
      await clock.advance(60_000)
      expect([attempts(), clock.pending]).to.deep.equal([1, 0])
    }
  })

  it('ends at once when disposed, even while a registry does not answer, and is never back', async () => {
    const { presence, listed } = begin()
    await presence.register()
    await presence[Symbol.asyncDispose]()
    await presence[Symbol.asyncDispose]()
    expect([presence.readiness, await listed()]).to.deep.equal(['leaving', []])
    const stopped = { code: 'failed_precondition', outcome: 'not-run' }
    expect(await rejection(presence.register())).to.include(stopped)
    expect(await rejection(presence.update({ weight: 1 }))).to.include(stopped)
    await presence.unregister()
    presence.feel(true)
    await presence.unregister()
    expect(await listed()).to.deep.equal([])

    const waits = new Presence({
      records: [{ service, record }],
      enter: (_, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ...{ isWell: true, clock: handClock(), logger: silent },
    })
    const registering = rejection(waits.register())
    await waits[Symbol.asyncDispose]()
    expect(await registering).to.include(stopped)
  })
})
