import { systemClock } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'
import { listenersOn } from '../listeners.ts'
import { rejection } from '../rejection.ts'
import { calling } from '../serving.ts'
import type { Begin } from './stage.ts'
import { trying } from './trials.ts'

/** The caller who goes away, and what is left of him. */
export function cancelling(begin: Begin): void {
  it('ends a call when its signal aborts, and the method with it', async () => {
    const { endpoint, movies } = await begin()
    const aborting = new AbortController()
    const settled = rejection(endpoint.invoke(calling('slow', [60_000], { signal: aborting.signal })))
    await eventually(() => expect(movies.entered).to.deep.equal(['slow']))
    const reason = new Error('the user went away')
    aborting.abort(reason)
    const error = await settled
    expect(error).to.include({ code: 'canceled', outcome: 'unknown', cause: reason })
    await eventually(() => expect(movies.entered).to.deep.equal(['slow', 'slow aborted']))
  })

  it('does not send a call whose signal has aborted', async () => {
    const { endpoint, movies } = await begin()
    const reason = new Error('too late')
    const error = await rejection(endpoint.invoke(calling('rent', [1], { signal: AbortSignal.abort(reason) })))
    expect(error).to.include({ code: 'canceled', outcome: 'not-run', cause: reason })
    expect(movies.entered).to.deep.equal([])
  })

  it('ends a call that is aborted in the turn in which it was made', async () => {
    const { endpoint } = await begin()
    const aborting = new AbortController()
    const settled = rejection(endpoint.invoke(trying('hold', [], { signal: aborting.signal })))
    aborting.abort()
    expect(await settled).to.have.property('code', 'canceled')
    expect(listenersOn(aborting.signal)).to.equal(0)
    expect((await endpoint.invoke(trying('echo', [1]))).value).to.deep.equal([1])
  })

  it('does not touch a reply when the signal aborts afterwards', async () => {
    const { endpoint, trials } = await begin()
    const aborting = new AbortController()
    const signal = aborting.signal
    trials.release()
    const reply = endpoint.invoke(trying('hold', ['one'], { signal }))
    await eventually(() => expect(trials.events).to.deep.equal(['one entered']))
    trials.release()
    expect((await reply).value).to.equal('one')
    aborting.abort()
    expect((await endpoint.invoke(trying('echo', [2]))).value).to.deep.equal([2])
    expect(trials.signals[0]!.aborted).to.equal(false)
  })

  it('aborts the one call of many whose signal it is', async () => {
    const { endpoint, trials } = await begin()
    const aborting = new AbortController()
    const gone = rejection(endpoint.invoke(trying('hold', ['gone'], { signal: aborting.signal })))
    const stays = endpoint.invoke(trying('hold', ['stays']))
    await eventually(() => expect(trials.events).to.have.members(['gone entered', 'stays entered']))
    aborting.abort()
    expect(await gone).to.have.property('code', 'canceled')
    await eventually(() => expect(trials.events).to.include('gone aborted'))
    trials.release()
    expect((await stays).value).to.equal('stays')
    expect(trials.events).to.include('stays released')
  })

  it('aborts all calls of one signal', async () => {
    const { endpoint, trials } = await begin()
    const aborting = new AbortController()
    const calls = Array.from({ length: 20 }, (_, i) =>
      rejection(endpoint.invoke(trying('hold', [String(i)], { signal: aborting.signal }))),
    )
    await eventually(() => expect(trials.signals).to.have.length(20))
    aborting.abort()
    for (const error of await Promise.all(calls)) expect(error).to.have.property('code', 'canceled')
    await eventually(() => expect(trials.signals.every(({ aborted }) => aborted)).to.equal(true))
  })

  it('shows a method that its caller has gone, though it asks late', async () => {
    const { endpoint, trials, listener } = await begin()
    const aborting = new AbortController()
    const settled = rejection(endpoint.invoke(trying('askLate', [], { signal: aborting.signal })))
    await eventually(() => expect(trials.events).to.deep.equal(['entered']))
    aborting.abort()
    await settled
    // Its end has arrived when nothing is in flight any more.
    await listener.close(5_000)
    trials.remind()
    await eventually(() => expect(trials.events).to.deep.equal(['entered', 'it had aborted']))
  })

  it('shows a method that its time is over, though it asks late', async () => {
    const { endpoint, trials, listener } = await begin()
    await rejection(endpoint.invoke(trying('askLate', [], { deadline: systemClock.now() + 100 })))
    await listener.close(5_000)
    trials.remind()
    await eventually(() => expect(trials.events).to.deep.equal(['entered', 'it had aborted']))
  })

  it('leaves no listener on the signal of a call, however it ends', async () => {
    const { endpoint, trials } = await begin()
    const aborting = new AbortController()
    const { signal } = aborting
    await endpoint.invoke(trying('echo', [1], { signal }))
    await rejection(endpoint.invoke(trying('throwing', ['aborted', 'x', {}], { signal })))
    await rejection(endpoint.invoke(trying('none', [], { signal })))
    await rejection(endpoint.invoke(trying('echo', [1n], { signal })))
    await rejection(endpoint.invoke(trying('echo', [], { signal, headers: { host: 'x' } })))
    await rejection(endpoint.invoke(trying('hold', [], { signal, deadline: systemClock.now() + 50 })))
    expect(listenersOn(signal)).to.equal(0)
    const held = rejection(endpoint.invoke(trying('hold', ['last'], { signal })))
    await eventually(() => expect(trials.events).to.include('last entered'))
    expect(listenersOn(signal)).to.equal(1)
    aborting.abort()
    await held
    expect(listenersOn(signal)).to.equal(0)
  })
}
