import { RpcError } from '@kumquat/core'
import { eventually, recordingLogger } from '@kumquat/core/testing'
import { expect } from 'chai'
import { all, type BeginStreams, failing } from './stream-stage.ts'

/** What goes wrong, and what each end learns of it. */
export function failures(begin: BeginStreams): void {
  for (const after of [0, 3]) {
    it(`throws what a method threw after ${after} items, and hides what it said`, async () => {
      const logger = recordingLogger()
      const { stream } = await begin({ logger })
      const { items, error } = await failing(stream('failing', [after]))
      expect(items).to.have.length(after)
      expect(error).to.be.instanceOf(RpcError).and.include({ code: 'unknown', outcome: 'ran' })
      expect((error as RpcError).message)
        .to.contain('trial/feeds/failing threw')
        .and.not.to.contain('1234')
      expect(logger.lines).to.have.length(1)
    })

    it(`throws an RpcError of a method after ${after} items as it is, and says that it ran`, async () => {
      const { stream } = await begin()
      const { items, error } = await failing(stream('refusing', [after]))
      expect(items).to.have.length(after)
      expect(error).to.include({ code: 'not_found', message: 'no such feed', outcome: 'ran' })
      expect(error).to.include({ retryable: true, retryAfterMs: 50 })
      expect((error as RpcError).details).to.deep.equal([{ type: 'feed' }])
    })
  }

  it('ends for good with a failure', async () => {
    const { stream } = await begin()
    const iterator = stream('failing', [0])[Symbol.asyncIterator]()
    expect(await iterator.next().catch((error: unknown) => RpcError.is(error))).to.equal(true)
    expect(await iterator.next()).to.deep.equal({ done: true, value: undefined })
  })

  it('refuses arguments that the check refuses, and does not enter the method', async () => {
    const { feeds, stream } = await begin()
    const { error } = await failing(stream('count', ['three']))
    expect(error).to.include({ code: 'invalid_argument', outcome: 'not-run' })
    expect(feeds.events).to.deep.equal([])
  })

  it('refuses an argument that JSON cannot carry, before it is sent', async () => {
    const { feeds, stream } = await begin()
    const { error } = await failing(stream('count', [1n]))
    expect(error).to.include({ code: 'invalid_argument', outcome: 'not-run' })
    expect(feeds.events).to.deep.equal([])
  })

  it('refuses a method that there is not', async () => {
    const { stream } = await begin()
    const { error } = await failing(stream('coun', [1]))
    expect(error).to.include({ code: 'unimplemented', outcome: 'not-run' })
    expect((error as RpcError).message).to.contain('did you mean "count"')
  })

  it('refuses a call of a stream, and a stream of a call, before either runs', async () => {
    const { endpoint, feeds, stream } = await begin()
    const { error } = await failing(stream('plain'))
    expect(error).to.include({ code: 'unimplemented', outcome: 'not-run' })
    const call = { service: { app: 'trial', group: 'feeds' }, args: [1], attachments: {}, idempotent: false }
    const called: unknown = await endpoint.invoke({ ...call, method: 'count' }).catch((thrown: unknown) => thrown)
    expect(called).to.include({ code: 'unimplemented', outcome: 'not-run' })
    expect((called as RpcError).message).to.contain("streams: { count: 'server' }")
    expect(feeds.events).to.deep.equal([])
  })

  it('says what is no stream, though declared one, and what is one, though not declared', async () => {
    const { endpoint, stream } = await begin()
    expect((await failing(stream('nothing'))).error).to.include({ code: 'internal', outcome: 'ran' })
    const call = { service: { app: 'trial', group: 'feeds' }, args: [], attachments: {}, idempotent: false }
    const called: unknown = await endpoint.invoke({ ...call, method: 'iterable' }).catch((thrown: unknown) => thrown)
    expect(called).to.include({ code: 'internal', outcome: 'ran' })
    expect((called as RpcError).message).to.contain('not declared a stream')
  })

  it('names the stream of which an item cannot travel, and closes it', async () => {
    const { feeds, stream } = await begin()
    const { items, error } = await failing(stream('cannotTravel'))
    expect(items).to.deep.equal([1])
    expect(error).to.include({ code: 'internal', outcome: 'ran' })
    expect((error as RpcError).message)
      .to.contain('trial/feeds/cannotTravel')
      .and.to.contain('JSON cannot carry')
    await eventually(() => expect(feeds.events).to.deep.equal(['cannotTravel closed']))
    expect(feeds.signal!.aborted).to.equal(true)
  })

  it('is not begun where nobody listens', async () => {
    const { listener, stream } = await begin()
    await listener[Symbol.asyncDispose]()
    expect((await failing(stream('count', [1]))).error).to.include({ code: 'unavailable', outcome: 'not-run' })
  })

  it('is not begun by a line that was closed', async () => {
    const { endpoint, stream } = await begin()
    await endpoint[Symbol.asyncDispose]()
    expect((await failing(stream('count', [1]))).error).to.include({ code: 'unavailable', outcome: 'not-run' })
  })

  it('passes the filters of the provider, which refuse it like a call', async () => {
    const { feeds, stream } = await begin({
      filters: [
        () => async () => {
          throw new RpcError('permission_denied', 'not you', { outcome: 'not-run' })
        },
      ],
    })
    expect((await failing(stream('count', [1]))).error).to.include({ code: 'permission_denied', outcome: 'not-run' })
    expect(feeds.events).to.deep.equal([])
  })

  it('is to a filter a call that lasts until its end', async () => {
    const seen: string[] = []
    const { feeds, stream } = await begin({
      filters: [
        (next) => async (call) => {
          seen.push(`${call.method} ${call.stream} begins`)
          const reply = await next(call)
          seen.push(`${call.method} ends after ${feeds.events.at(-1)}`)
          return reply
        },
      ],
    })
    expect(await all(stream('count', [2]))).to.deep.equal([0, 1])
    expect(seen).to.deep.equal(['count server begins', 'count ends after count closed'])
  })

  it('fails with what a filter makes of its end', async () => {
    const { stream } = await begin({
      filters: [
        (next) => async (call) => {
          await next(call)
          throw new RpcError('data_loss', 'the count is off')
        },
      ],
    })
    const { items, error } = await failing(stream('count', [2]))
    expect(items).to.deep.equal([0, 1])
    expect(error).to.include({ code: 'data_loss' })
  })

  it('fails when a filter answers it like a call', async () => {
    const { stream } = await begin({ filters: [() => async () => ({ value: 1 })] })
    expect((await failing(stream('count', [2]))).error).to.include({ code: 'internal' })
  })
}
