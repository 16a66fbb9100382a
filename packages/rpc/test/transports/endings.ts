import { sleep, systemClock } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'
import { rejection } from '../rejection.ts'
import { calling } from '../serving.ts'
import type { Begin, MakeTransport } from './stage.ts'
import { trying } from './trials.ts'

/** How either end leaves, and comes back. */
export function endings(begin: Begin, make: MakeTransport): void {
  it('says of an address where nobody listens that nothing ran', async () => {
    const { endpoint, listener } = await begin()
    await listener[Symbol.asyncDispose]()
    const error = await rejection(endpoint.invoke(calling('rent', [1])))
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(endpoint.status).to.equal('closed')
  })

  it('refuses a port that is in use, naming it', async () => {
    const transport = make({ caller: 'web' })
    const { listener } = await begin({ transport })
    const error = await rejection(begin({ transport, port: listener.port }))
    expect(error).to.include({ code: 'failed_precondition', outcome: 'not-run' })
    expect(error.message).to.contain(String(listener.port)).and.to.contain('in use')
  })

  it('serves on while it leaves, and tells callers to look elsewhere', async () => {
    const { endpoint, listener } = await begin()
    await endpoint.invoke(calling('nothing'))
    expect(endpoint.status).to.equal('open')
    listener.leave()
    expect((await endpoint.invoke(calling('nothing'))).value).to.equal(null)
    expect(endpoint.status).to.equal('closed')
  })

  it('lets calls in flight finish when it closes, and refuses later ones', async () => {
    const { endpoint, listener, movies } = await begin()
    // An open connection to come later on.
    await endpoint.invoke(calling('nothing'))
    const inFlight = endpoint.invoke(calling('slow', [300]))
    await eventually(() => expect(movies.entered).to.deep.equal(['slow']))
    const closed = listener.close(5_000)
    const error = await rejection(endpoint.invoke(calling('rent', [1])))
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect((await inFlight).value).to.equal('done')
    await closed
    expect(movies.entered).to.deep.equal(['slow', 'slow done'])
  })

  it('cuts off what has not finished when the time to drain is over: it may have run', async () => {
    const { endpoint, listener, trials } = await begin()
    const cut = rejection(endpoint.invoke(trying('hold')))
    await eventually(() => expect(trials.events).to.deep.equal(['hold entered']))
    await listener.close(20)
    const error = await cut
    expect(error).to.include({ code: 'unavailable', outcome: 'unknown' })
    expect(error.message).to.contain('trial/wire/hold').and.to.contain('it may have run')
    await eventually(() => expect(trials.events).to.deep.equal(['hold entered', 'hold aborted']))
  })

  it('cuts off everything at once when it is disposed, while it drains too', async () => {
    const { endpoint, listener, trials } = await begin()
    const cut = rejection(endpoint.invoke(trying('hold')))
    await eventually(() => expect(trials.events).to.deep.equal(['hold entered']))
    const draining = listener.close(60_000)
    await listener[Symbol.asyncDispose]()
    await draining
    expect(await cut).to.include({ code: 'unavailable', outcome: 'unknown' })
  })

  it('is closed once, however often it is asked to', async () => {
    const { endpoint, listener } = await begin()
    await endpoint.invoke(trying('echo'))
    await Promise.all([listener.close(1_000), listener.close(1_000), listener[Symbol.asyncDispose]()])
    await listener.close(1_000)
    listener.leave()
    await listener[Symbol.asyncDispose]()
  })

  it('is reached again when it comes back on its port', async () => {
    const transport = make({ caller: 'web' })
    const { endpoint, listener } = await begin({ transport })
    expect((await endpoint.invoke(trying('echo', [1]))).value).to.deep.equal([1])
    await listener.close(1_000)
    await rejection(endpoint.invoke(trying('echo', [2])))
    const { trials } = await begin({ transport, port: listener.port, instance: 'instance-2' })
    expect((await endpoint.invoke(trying('echo', [3]))).value).to.deep.equal([3])
    await eventually(() => expect(endpoint.status).to.equal('open'))
    expect(trials.events).to.deep.equal(['echo'])
  })

  it('frees its port at once', async () => {
    const transport = make({ caller: 'web' })
    let port = 0
    for (let i = 0; i < 5; i++) {
      const { endpoint, listener } = await begin({ transport, port })
      port = listener.port
      expect((await endpoint.invoke(trying('echo', [i]))).value).to.deep.equal([i])
      await endpoint[Symbol.asyncDispose]()
      await listener[Symbol.asyncDispose]()
    }
  })

  it('makes no call on a line that is disposed', async () => {
    const { endpoint, trials } = await begin()
    await endpoint.invoke(trying('echo'))
    await endpoint[Symbol.asyncDispose]()
    await endpoint[Symbol.asyncDispose]()
    const error = await rejection(endpoint.invoke(trying('echo')))
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.contain('closed')
    expect(trials.events).to.deep.equal(['echo'])
  })

  it('lets calls in flight finish on a line that is disposed, and waits for them', async () => {
    const { endpoint, trials } = await begin()
    let isDisposed = false
    const inFlight = endpoint.invoke(trying('hold', ['one']))
    await eventually(() => expect(trials.events).to.deep.equal(['one entered']))
    const disposing = endpoint[Symbol.asyncDispose]().then(() => {
      isDisposed = true
    })
    await sleep(systemClock, 20)
    expect(isDisposed).to.equal(false)
    trials.release()
    expect((await inFlight).value).to.equal('one')
    await disposing
  })

  it('tells when the last call came in', async () => {
    const { endpoint, listener } = await begin()
    const before = listener.lastCallAt
    await sleep(systemClock, 5)
    await endpoint.invoke(calling('nothing'))
    expect(listener.lastCallAt).to.be.greaterThan(before)
  })
}
