import { RpcError, silent, systemClock } from '@kumquat/core'
import { eventually, recordingObserver } from '@kumquat/core/testing'
import { expect } from 'chai'
import { listenersOn } from '../listeners.ts'
import { aborted } from './feeds.ts'
import { all, type BeginStreams, failing } from './stream-stage.ts'

/** Every way in which a stream can end, and that nothing is left of it. */
export function streamEndings(begin: BeginStreams): void {
  it('ends at its provider when its reader breaks off', async () => {
    const { feeds, stream } = await begin()
    for await (const item of stream('blocks', [10])) if (item !== undefined) break
    await eventually(() => expect(feeds.events).to.deep.equal(['blocks entered', 'blocks aborted']))
    expect(feeds.signal!.aborted).to.equal(true)
  })

  it('ends at its provider when its reader throws', async () => {
    const { feeds, stream } = await begin()
    const read = async (): Promise<void> => {
      for await (const item of stream('blocks', [10])) throw new Error(`enough of ${String(item)}`)
    }
    expect(await read().catch((error: unknown) => String(error))).to.contain('enough')
    await eventually(() => expect(feeds.events).to.deep.equal(['blocks entered', 'blocks aborted']))
  })

  it('ends at its provider when it is returned while an item is awaited', async () => {
    const { feeds, stream } = await begin()
    const iterator = stream('held')[Symbol.asyncIterator]()
    await iterator.next()
    const waiting = iterator.next()
    await iterator.return?.()
    expect(await waiting).to.deep.equal({ done: true, value: undefined })
    await eventually(() => expect(feeds.events).to.deep.equal(['held entered', 'held aborted']))
  })

  it('throws canceled when its signal aborts, in the middle of waiting', async () => {
    const { feeds, stream } = await begin()
    const controller = new AbortController()
    const iterator = stream('held', [], { signal: controller.signal })[Symbol.asyncIterator]()
    await iterator.next()
    const waiting = iterator.next().catch((error: unknown) => error)
    controller.abort(new Error('why'))
    expect(await waiting)
      .to.be.instanceOf(RpcError)
      .and.include({ code: 'canceled', outcome: 'unknown' })
    expect(((await waiting) as Error).cause).to.have.property('message', 'why')
    await eventually(() => expect(feeds.events).to.deep.equal(['held entered', 'held aborted']))
    expect(listenersOn(controller.signal)).to.equal(0)
  })

  it('throws canceled when its signal aborts between two items', async () => {
    const { feeds, stream } = await begin()
    const controller = new AbortController()
    const iterator = stream('blocks', [10], { signal: controller.signal })[Symbol.asyncIterator]()
    await iterator.next()
    controller.abort()
    await aborted(feeds.signal)
    const error: unknown = await iterator.next().catch((thrown: unknown) => thrown)
    expect(error).to.include({ code: 'canceled', outcome: 'unknown' })
    expect(await iterator.next()).to.deep.equal({ done: true, value: undefined })
  })

  it('is not begun when its signal has aborted', async () => {
    const { feeds, stream } = await begin()
    const signal = AbortSignal.abort()
    expect((await failing(stream('count', [1], { signal }))).error).to.include({ code: 'canceled', outcome: 'not-run' })
    expect(feeds.events).to.deep.equal([])
    expect(listenersOn(signal)).to.equal(0)
  })

  it('throws at its deadline, in the middle, and ends at its provider', async () => {
    const { feeds, stream } = await begin()
    const { items, error } = await failing(stream('held', [], { timeoutMs: 150 }))
    expect(items).to.deep.equal(['first'])
    expect(error).to.be.instanceOf(RpcError).and.include({ code: 'deadline_exceeded', outcome: 'unknown' })
    await eventually(() => expect(feeds.events).to.deep.equal(['held entered', 'held aborted']))
  })

  it('throws at its deadline though nobody was waiting by then', async () => {
    const { feeds, stream } = await begin()
    const iterator = stream('held', [], { timeoutMs: 100 })[Symbol.asyncIterator]()
    await iterator.next()
    await aborted(feeds.signal)
    const error: unknown = await eventually(async () => {
      const thrown: unknown = await iterator.next().catch((reason: unknown) => reason)
      expect(RpcError.is(thrown)).to.equal(true)
      return thrown
    })
    expect(error).to.include({ code: 'deadline_exceeded' })
  })

  it('is not begun when its time is over', async () => {
    const { feeds, stream } = await begin()
    const late = stream('count', [1], { deadline: systemClock.now() - 1 })
    expect((await failing(late)).error).to.include({ code: 'deadline_exceeded', outcome: 'not-run' })
    expect(feeds.events).to.deep.equal([])
  })

  it('has no deadline when it is given none', async () => {
    const { feeds, stream } = await begin()
    const iterator = stream('held', [], { timeoutMs: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
    await iterator.next()
    feeds.release()
    expect(await iterator.next()).to.deep.equal({ done: false, value: 'last' })
    expect((await iterator.next()).done).to.equal(true)
    expect(feeds.events).to.deep.equal(['held entered', 'held closed'])
  })

  it('leaves no listener on the signal of its caller, however it ends', async () => {
    const { stream } = await begin()
    const { signal } = new AbortController()
    await all(stream('count', [3], { signal }))
    await failing(stream('failing', [3], { signal }))
    for await (const item of stream('blocks', [1], { signal })) if (item !== undefined) break
    await failing(stream('held', [], { signal, timeoutMs: 50 }))
    expect(listenersOn(signal)).to.equal(0)
  })

  it('is waited for by a provider that closes', async () => {
    const { feeds, listener, stream } = await begin()
    const iterator = stream('held')[Symbol.asyncIterator]()
    await iterator.next()
    const closing = listener.close(5_000)
    expect((await failing(stream('count', [1]))).error).to.include({ code: 'unavailable', outcome: 'not-run' })
    feeds.release()
    expect((await iterator.next()).value).to.equal('last')
    expect((await iterator.next()).done).to.equal(true)
    await closing
    expect(feeds.events).to.deep.equal(['held entered', 'held closed'])
  })

  it('is told when its provider can wait no longer', async () => {
    const { feeds, listener, stream } = await begin()
    const iterator = stream('held')[Symbol.asyncIterator]()
    await iterator.next()
    const waiting = iterator.next().catch((error: unknown) => error)
    await listener.close(50)
    expect(await waiting)
      .to.be.instanceOf(RpcError)
      .and.include({ code: 'unavailable', outcome: 'unknown' })
    expect(((await waiting) as Error).message).to.contain('this provider has stopped')
    await eventually(() => expect(feeds.events).to.deep.equal(['held entered', 'held aborted']))
  })

  it('is unavailable when its connection is cut, and never seems complete', async () => {
    const { feeds, listener, stream } = await begin()
    const iterator = stream('held')[Symbol.asyncIterator]()
    await iterator.next()
    const waiting = iterator.next().catch((error: unknown) => error)
    await listener[Symbol.asyncDispose]()
    expect(await waiting)
      .to.be.instanceOf(RpcError)
      .and.include({ code: 'unavailable', outcome: 'unknown' })
    await eventually(() => expect(feeds.events).to.deep.equal(['held entered', 'held aborted']))
  })

  it('tells an observer of its begin and, when it has ended, of how', async () => {
    const observer = recordingObserver()
    const { feeds, stream } = await begin({ observer, logger: silent })
    const seen = (): unknown => observer.ends.map(({ method, code }) => `${method} ${code}`)
    const iterator = stream('held')[Symbol.asyncIterator]()
    await iterator.next()
    expect(observer.starts).to.deep.equal([
      { kind: 'served', service: { app: 'trial', group: 'feeds' }, method: 'held', lane: 'stable', caller: 'web' },
    ])
    expect(seen()).to.deep.equal([])
    feeds.release()
    while (!(await iterator.next()).done);
    await eventually(() => expect(seen()).to.deep.equal(['held ok']))
    await failing(stream('refusing', [1]))
    await eventually(() => expect(seen()).to.deep.equal(['held ok', 'refusing not_found']))
    for await (const item of stream('blocks', [1])) if (item !== undefined) break
    await eventually(() => expect(seen()).to.deep.equal(['held ok', 'refusing not_found', 'blocks canceled']))
  })
}
