import { type ProviderRecord, providerRecord, RpcError, type Store } from '@kumquat/core'
import { handClock, recordingLogger } from '@kumquat/core/testing'
import { type Discovery, discovery, memory, registrar } from '@kumquat/registry'
import { memoryTransport } from '@kumquat/rpc'
import { expect } from 'chai'
import { Subscription } from '../../src/consumer/subscription.ts'
import { listenersOn } from '../listeners.ts'
import { rejection } from '../rejection.ts'

const service = { app: 'movie', group: 'catalog' }
const record = providerRecord({ host: '10.0.0.1', port: 1 })

describe('a subscription', () => {
  const subscribed = (over: (real: Discovery) => Discovery = (real) => real) => {
    const store: Store = memory()
    const clock = handClock()
    const logger = recordingLogger()
    const { connect } = memoryTransport({ clock })
    const parts = { service, connect, registryName: 'the registry zookeeper://10.0.0.1:2181', clock, logger }
    const subscription = new Subscription({ ...parts, discovery: over(discovery(store)) })
    const ids = () => subscription.peers.current.map(({ record }: { record: ProviderRecord }) => record.id)
    return { store, clock, subscription, ids }
  }

  it('asks the registry for nothing until it is needed', () => {
    let asked = 0
    const { subscription } = subscribed((real) => ({
      watch(key) {
        asked++
        return real.watch(key)
      },
    }))
    expect(subscription.peers.current).to.deep.equal([])
    expect(asked).to.equal(0)
  })

  it('follows the registry from the first need on', async () => {
    const { store, subscription, ids, clock } = subscribed()
    await subscription.watched({ ms: 100 })
    expect(subscription.populated).to.equal(false)
    const registration = await registrar(store).register(service, record)
    await clock.advance(0)
    expect(ids()).to.deep.equal(['10.0.0.1:1'])
    expect(subscription.populated).to.equal(true)
    await registration[Symbol.asyncDispose]()
    await clock.advance(0)
    expect(ids()).to.deep.equal([])
  })

  it('says which registry does not answer, and what to do', async () => {
    const { subscription, clock } = subscribed(() => ({ watch: () => new Promise(() => {}) }))
    const { signal } = new AbortController()
    const settled = rejection(subscription.watched({ ms: 100, signal }))
    await clock.advance(100)
    const error = await settled
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.equal(
      'no provider of movie/catalog is known: the registry zookeeper://10.0.0.1:2181 did not answer within 100 ms; see that it runs and can be reached',
    )
    expect(clock.pending).to.equal(0)
    expect(listenersOn(signal)).to.equal(0)
  })

  it('watches again after a watch has failed, and not at once', async () => {
    let asked = 0
    const { subscription, clock } = subscribed((real) => ({
      watch: (key) => (++asked < 3 ? Promise.reject(new RpcError('unavailable', 'connection loss')) : real.watch(key)),
    }))
    for (let i = 0; i < 5; i++) {
      expect((await rejection(subscription.watched({ ms: 100 }))).message).to.contain(
        'could not be watched (connection loss)',
      )
    }
    expect(asked).to.equal(1)
    await clock.advance(200)
    await rejection(subscription.watched({ ms: 100 }))
    await clock.advance(200)
    await subscription.watched({ ms: 100 })
    expect(asked).to.equal(3)
    expect(clock.pending).to.equal(0)
  })

  it('waits for the first provider, through failures of the registry', async () => {
    let asked = 0
    const { subscription, store, clock } = subscribed((real) => ({
      watch: (key) => (++asked < 4 ? Promise.reject(new Error('down')) : real.watch(key)),
    }))
    let arrived = false
    const waiting = subscription.someone({ ms: 5_000 }).then(() => {
      arrived = true
    })
    await clock.advance(1_500)
    expect([asked, arrived]).to.deep.equal([4, false])
    await registrar(store).register(service, record)
    await clock.advance(0)
    await waiting
    expect(clock.pending).to.equal(0)
  })

  it('gives up waiting for a provider in time, naming service and registry', async () => {
    const { subscription, clock } = subscribed()
    const settled = rejection(subscription.someone({ ms: 300 }))
    await clock.advance(300)
    expect((await settled).message).to.equal(
      'no provider of movie/catalog is registered in the registry zookeeper://10.0.0.1:2181: start one there; ready() waits for the first',
    )
    expect(clock.pending).to.equal(0)
  })

  it('ends every waiting when it is disposed, and closes a watch that comes later', async () => {
    let isClosed = false
    let finish = (): void => {}
    const { subscription, clock } = subscribed((real) => ({
      async watch(key) {
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        const watch = await real.watch(key)
        const close = async (): Promise<void> => {
          isClosed = true
          await watch[Symbol.asyncDispose]()
        }
        return { current: watch.current, subscribe: (told) => watch.subscribe(told), [Symbol.asyncDispose]: close }
      },
    }))
    const waiting = [subscription.watched({ ms: 100 }), subscription.someone({ ms: 100 })].map(rejection)
    await subscription[Symbol.asyncDispose]()
    for (const error of await Promise.all(waiting)) {
      expect(error).to.include({ code: 'failed_precondition', outcome: 'not-run' })
    }
    finish()
    await clock.advance(0)
    expect(isClosed).to.equal(true)
    expect(subscription.peers.current).to.deep.equal([])
    expect(clock.pending).to.equal(0)
    expect(await rejection(subscription.watched({ ms: 100 }))).to.include({ code: 'failed_precondition' })
  })

  it('ends the waiting for a provider when it is disposed', async () => {
    const { subscription, clock } = subscribed()
    await subscription.watched({ ms: 100 })
    const waiting = rejection(subscription.someone({ ms: 60_000 }))
    await clock.advance(10)
    await subscription[Symbol.asyncDispose]()
    expect(await waiting).to.include({ code: 'failed_precondition' })
    expect(clock.pending).to.equal(0)
  })
})
