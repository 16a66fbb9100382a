import { compose, type Filter, type Reply, RpcError, type Streamer, type StreamInvocation } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { bothKinds } from '../../src/streaming/both-kinds.ts'
import { streamThrough } from '../../src/streaming/stream-through.ts'
import { listenersOn } from '../listeners.ts'
import { all, failing } from '../stream-trials/stream-stage.ts'

const call: StreamInvocation = {
  service: { app: 'movie', group: 'catalog' },
  ...{ method: 'watch', args: [], attachments: {}, idempotent: true, stream: 'server' },
}
const refused = (): RpcError => new RpcError('unavailable', 'not now', { outcome: 'not-run' })

describe('a stream through layers made for calls', () => {
  type Layer = Filter<StreamInvocation, Reply>
  /** A stream of what the tries yield, one after the other; and what the layers saw. */
  function through(tries: readonly Streamer[], ...layers: readonly Layer[]) {
    const clock = handClock()
    const until = new AbortController()
    const begun: StreamInvocation[] = []
    const stream: Streamer = (own) => {
      begun.push(own)
      return tries[begun.length - 1]!(own)
    }
    const ends = bothKinds<StreamInvocation>({ invoke: async () => ({ value: 'a call' }), stream })
    const serve = compose(...layers)(ends)
    return { clock, until, begun, serve, stream: streamThrough(serve, { clock, until: until.signal }) }
  }
  const counting: Streamer = async function* () {
    yield* [1, 2, 3]
  }
  const failingAfter = (items: number, error: unknown): Streamer =>
    async function* () {
      for (let item = 1; item <= items; item++) yield item
      throw error
    }
  /** Tries again, as often as it is let. */
  const again: Layer = (next) => async (invocation) => {
    try {
      return await next(invocation)
    } catch (error) {
      return await next(invocation).catch((later: unknown) => {
        throw RpcError.is(later) && later.code === 'failed_precondition' ? error : later
      })
    }
  }

  it('lets calls pass beside it', async () => {
    const { stream: _, ...plain } = call
    expect(await through([]).serve(plain as StreamInvocation)).to.deep.equal({ value: 'a call' })
  })

  it('may be begun again by a layer while nothing of it is used up', async () => {
    const { begun, stream } = through([failingAfter(0, refused()), counting], again)
    expect(await all(stream(call))).to.deep.equal([1, 2, 3])
    expect(begun).to.have.length(2)
  })

  it('is not begun again after an item, or by two at a time', async () => {
    const after = through([failingAfter(1, refused()), counting], again)
    const { items, error } = await failing(after.stream(call))
    expect(items).to.deep.equal([1])
    expect(error).to.include({ code: 'unavailable', outcome: 'unknown' })
    expect(after.begun).to.have.length(1)
    const both: Layer = (next) => async (invocation) =>
      (await Promise.all([next(invocation), next(invocation).catch(() => undefined)]))[0]
    const twice = through([counting, counting], both)
    expect(await all(twice.stream(call))).to.deep.equal([1, 2, 3])
    expect(twice.begun).to.have.length(1)
  })

  it('is not begun again once something of its input was read', async () => {
    const reading: Streamer = async function* ({ input }) {
      for await (const item of input!) if (item === 1) throw refused()
      yield 0
    }
    const input = (async function* () {
      yield* [1, 2, 3]
    })()
    const { begun, stream } = through([reading, counting], again)
    const { error } = await failing(stream({ ...call, stream: 'both', input }))
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(begun).to.have.length(1)
  })

  it('looks to layers as if nothing were safe to repeat that may have run', async () => {
    const seen: unknown[] = []
    const watching: Layer = (next) => (invocation) =>
      next(invocation).catch((error: unknown) => {
        seen.push(invocation.idempotent, error)
        throw error
      })
    const retryable = new RpcError('aborted', 'again', { outcome: 'ran', retryable: true })
    const { stream } = through([failingAfter(1, retryable)], watching)
    const { error } = await failing(stream(call))
    expect(error).to.equal(retryable)
    expect(seen[0]).to.equal(false)
    expect(seen[1]).to.include({ code: 'aborted', outcome: 'ran' }).and.not.to.have.property('retryable')
  })

  it('takes a reply that a filter makes itself, of a stream that has one', async () => {
    const { begun, stream } = through([], () => async () => ({ value: 7 }))
    expect(await all(stream({ ...call, stream: 'client' }))).to.deep.equal([7])
    expect((await failing(stream(call))).error).to.include({ code: 'internal' })
    expect(begun).to.deep.equal([])
  })

  it('fails like a call where a layer throws at once', async () => {
    const { stream } = through([], () => () => {
      throw refused()
    })
    expect((await failing(stream(call))).error).to.include({ code: 'unavailable', outcome: 'not-run' })
  })

  it('closes where its items come from exactly once, however it ends', async () => {
    for (const ending of ['end', 'failure', 'break', 'abort', 'until', 'deadline', 'layer'] as const) {
      let closed = 0
      let yielded = 0
      const source: Streamer = () => ({
        [Symbol.asyncIterator]: () => ({
          async next() {
            if (++yielded < 3) return { done: false, value: yielded }
            if (ending === 'end') return { done: true, value: undefined }
            if (ending === 'failure') throw refused()
            return await new Promise<never>(() => {})
          },
          async return() {
            closed++
            return { done: true, value: undefined }
          },
        }),
      })
      let break_: (error: unknown) => void = () => {}
      const breaking: Layer = (next) => (invocation) =>
        Promise.race([next(invocation), new Promise<never>((_, reject) => (break_ = reject))])
      const { clock, until, begun, stream } = through([source], breaking)
      const own = new AbortController()
      const iterator = stream({ ...call, signal: own.signal, deadline: 1_000 + clock.now() })[Symbol.asyncIterator]()
      await iterator.next()
      await iterator.next()
      const waiting = iterator.next().then(
        ({ done }) => (done ? 'ended' : 'an item'),
        (error: unknown) => (RpcError.is(error) ? error.code : error),
      )
      await clock.advance(0)
      if (ending === 'break') await iterator.return?.()
      if (ending === 'abort') own.abort()
      if (ending === 'until') until.abort(refused())
      if (ending === 'deadline') await clock.advance(1_000)
      if (ending === 'layer') break_(new RpcError('data_loss', 'a layer gave it up'))
      const said = {
        end: 'ended',
        break: 'ended',
        abort: 'canceled',
        deadline: 'deadline_exceeded',
        layer: 'data_loss',
      }
      expect(await waiting, ending).to.equal({ failure: 'unavailable', until: 'unavailable', ...said }[ending])
      expect(await iterator.next()).to.deep.equal({ done: true, value: undefined })
      await iterator.return?.()
      expect([ending, closed]).to.deep.equal([ending, ending === 'end' || ending === 'failure' ? 0 : 1])
      expect([ending, begun[0]!.signal!.aborted]).to.deep.equal([ending, ending !== 'end'])
      expect([ending, clock.pending]).to.deep.equal([ending, 0])
      for (const signal of [own.signal, until.signal]) expect([ending, listenersOn(signal)]).to.deep.equal([ending, 0])
    }
  })
})
