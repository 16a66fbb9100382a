import { providerRecord, type StreamInvocation, silent, systemClock } from '@kumquat/core'
import { eventually, recordingObserver } from '@kumquat/core/testing'
import {
  httpListen,
  type StreamConnectOptions,
  type StreamListenOptions,
  streamConnect,
  streamListen,
} from '@kumquat/rpc'
import { expect } from 'chai'
import { FrameType, MORE } from '../../src/stream/frame.ts'
import { RequestKind, RequestPrelude, readRequest } from '../../src/stream/request-frame.ts'
import { readCredit, StreamPrelude } from '../../src/stream/stream-prelude.ts'
import { type Serving, type ServingOptions, serving } from '../serving.ts'
import { Feeds } from '../stream-trials/feeds.ts'
import { settled } from '../stream-trials/settled.ts'
import { all, failing } from '../stream-trials/stream-stage.ts'
import { type RawEnd, rawCaller, rawProvider } from './raw-frames.ts'

/** A stream of the feeds as a request. */
const ask = (
  { writer }: RawEnd,
  id: number,
  method: string,
  { kind = RequestKind.server as number, credit = 2 ** 20, args = '[]', leftMs = 0 } = {},
): void => {
  const head = { leftMs, attempt: 1, kind, path: `/trial/feeds/${method}`, facts: '' }
  writer.text(FrameType.request, id, args, new StreamPrelude(new RequestPrelude(head), credit))
}

const itemsOf = ({ frames }: RawEnd, id = 1): unknown[] =>
  frames.filter((frame) => frame.id === id && frame.type === FrameType.item).map(({ body }) => JSON.parse(`${body}`))

const numberOf = ({ body }: { readonly body: Buffer }): number => body.readUInt32BE()

describe('a provider of streams, by frames', () => {
  let current: Serving | undefined
  let feeds: Feeds
  afterEach(async () => {
    feeds.release()
    await current?.[Symbol.asyncDispose]()
    current = undefined
  })
  const begin = async (options: StreamListenOptions = {}, more: Partial<ServingOptions> = {}): Promise<RawEnd> => {
    feeds = new Feeds()
    const transport = { connect: streamConnect({ logger: silent }), listen: streamListen(options) }
    current = await serving({ transport, services: [feeds], ...more })
    return await rawCaller(current.record)
  }

  it('sends what it was given credit for, the last item beyond, and makes one more', async () => {
    using end = await begin()
    ask(end, 1, 'blocks', { credit: 25_000, args: '[9998]' })
    await settled(() => end.frames.length)
    expect(itemsOf(end)).to.have.length(3)
    expect(feeds.made).to.equal(3)
    end.writer.number(FrameType.credit, 1, 5_000)
    await settled(() => end.frames.length)
    expect(itemsOf(end)).to.have.length(3)
    end.writer.number(FrameType.credit, 1, 1)
    await eventually(() => expect(itemsOf(end)).to.have.length(4))
  })

  it('counts small items as 1 KiB', async () => {
    using end = await begin()
    ask(end, 1, 'count', { credit: 10 * 1_024, args: '[100]' })
    await settled(() => end.frames.length)
    expect(itemsOf(end)).to.have.length(10)
  })

  it('enters a stream without credit, with its filters and its deadline, and sends no item', async () => {
    const observer = recordingObserver()
    using end = await begin({}, { observer })
    ask(end, 1, 'blocks', { credit: 0, args: '[1]', leftMs: 200 })
    const { body } = await end.of(FrameType.error)
    expect(JSON.parse(`${body}`)).to.include({ code: 'deadline_exceeded', outcome: 'unknown' })
    expect(itemsOf(end)).to.deep.equal([])
    expect(feeds.events).to.deep.equal(['blocks entered', 'blocks aborted'])
    expect(observer.ends.map(({ code }) => code)).to.deep.equal(['deadline_exceeded'])
  })

  it('answers a stream to it with one reply, for which it needs no credit', async () => {
    using end = await begin()
    ask(end, 7, 'sum', { kind: RequestKind.client, credit: 0, args: '[10]' })
    expect(numberOf(await end.of(FrameType.credit))).to.equal(256 * 1_024)
    for (const n of ['1', '2']) end.writer.text(FrameType.item, 7, n)
    end.writer.number(FrameType.end, 7)
    const { id, body } = await end.of(FrameType.reply)
    expect([id, `${body}`]).to.deep.equal([7, '13'])
    expect(end.frames.map(({ type }) => type)).to.not.include(FrameType.end)
  })

  it('ends a stream of which more comes than it gave credit for, and no other', async () => {
    using end = await begin({ windowBytes: 4_096 })
    ask(end, 1, 'slowly', { kind: RequestKind.client })
    ask(end, 2, 'held')
    expect(numberOf(await end.of(FrameType.credit))).to.equal(4_096)
    const item = JSON.stringify('x'.repeat(1_000))
    for (let n = 0; n < 4; n++) end.writer.text(FrameType.item, 1, item)
    await settled(() => end.frames.length)
    expect(end.frames.some(({ type }) => type === FrameType.error)).to.equal(false)
    // One was read, which is less than half of the window.
    end.writer.text(FrameType.item, 1, item)
    const { id, body } = await end.of(FrameType.error)
    expect(id).to.equal(1)
    const error = JSON.parse(`${body}`) as { readonly message: string }
    expect(error).to.include({ code: 'resource_exhausted' })
    expect(error.message).to.contain('beyond a window of 4096 bytes')
    feeds.release()
    await end.of(FrameType.end)
    expect(itemsOf(end, 2)).to.deep.equal(['first', 'last'])
  })

  it('takes no item before it gave credit', async () => {
    using end = await begin()
    ask(end, 1, 'held', { kind: RequestKind.client })
    end.writer.text(FrameType.item, 1, '1')
    expect(JSON.parse(`${(await end.of(FrameType.error)).body}`)).to.have.property('code')
  })

  it('refuses an item in parts as soon as they exceed its limit, however small they are', async () => {
    using end = await begin({}, { maxBodyBytes: 1_000 })
    ask(end, 1, 'noting', { kind: RequestKind.client })
    await end.of(FrameType.credit)
    for (const part of ['"', 'x"', '"late"'])
      end.writer.text(part === 'x"' ? FrameType.item : FrameType.item | MORE, 1, part)
    for (let n = 0; n < 1_000; n++) end.writer.text(FrameType.item | MORE, 1, 'x')
    expect(JSON.parse(`${(await end.of(FrameType.error)).body}`)).to.include({ code: 'resource_exhausted' })
    await eventually(() => expect(feeds.events).to.deep.equal(['1 chars', 'resource_exhausted']))
  })

  for (const [what, item] of [
    ['is no JSON', '{"a"'],
    ['reaches for prototypes', '{"__proto__":1}'],
    ['nests too deep', `${'['.repeat(65)}${']'.repeat(65)}`],
  ] as const) {
    it(`refuses an item that ${what}, after those before`, async () => {
      using end = await begin()
      ask(end, 1, 'noting', { kind: RequestKind.client })
      await end.of(FrameType.credit)
      for (const text of ['"ab"', item, '"abc"']) end.writer.text(FrameType.item, 1, text)
      expect(JSON.parse(`${(await end.of(FrameType.error)).body}`)).to.include({ code: 'invalid_argument' })
      expect(feeds.events).to.deep.equal(['2 chars', 'invalid_argument'])
    })
  }

  it('tells who sends when nothing more is read', async () => {
    using end = await begin()
    ask(end, 1, 'first', { kind: RequestKind.client, args: '[1]' })
    await end.of(FrameType.credit)
    end.writer.text(FrameType.item, 1, '"one"')
    expect((await end.of(FrameType.cancel)).id).to.equal(1)
    expect(`${(await end.of(FrameType.reply)).body}`).to.equal('["one"]')
  })

  it('ends a stream that is canceled, says nothing of it, and its id is free', async () => {
    using end = await begin()
    ask(end, 1, 'held')
    await end.of(FrameType.item)
    end.writer.number(FrameType.cancel, 1)
    await eventually(() => expect(feeds.events).to.deep.equal(['held entered', 'held aborted']))
    end.writer.number(FrameType.credit, 1, 9_000)
    end.writer.text(FrameType.item, 1, '1')
    const { length } = end.frames
    ask(end, 1, 'count', { args: '[2]' })
    await end.of(FrameType.end, length)
    expect(end.frames.slice(length).map(({ body }) => `${body}`)).to.deep.equal(['0', '1', ''])
  })

  it('answers kinds that it does not know, and arguments above the limit; what is cut short, or in use, ends the connection', async () => {
    using end = await begin({}, { maxBodyBytes: 1_000 })
    ask(end, 1, 'count', { kind: 4 })
    ask(end, 2, 'count', { args: `["${'x'.repeat(1_000)}"]` })
    await eventually(() => expect(end.frames).to.have.length(2))
    const codes = end.frames.map(({ id, body }) => [id, (JSON.parse(`${body}`) as { code: string }).code])
    expect(codes).to.deep.equal([
      [1, 'unimplemented'],
      [2, 'resource_exhausted'],
    ])
    ask(end, 3, 'held')
    await end.of(FrameType.item)
    ask(end, 3, 'held')
    await eventually(() => expect(end.socket.destroyed).to.equal(true))
    using other = await rawCaller(current!.record)
    const head = { leftMs: 0, attempt: 1, kind: 1, path: '/trial/feeds/count', facts: '' }
    other.writer.text(FrameType.request, 1, 'abc', new RequestPrelude(head))
    await eventually(() => expect(other.socket.destroyed).to.equal(true))
  })

  it('makes no more for who gives credit and does not read what comes', async () => {
    using end = await begin()
    end.socket.pause()
    ask(end, 1, 'blocks', { credit: 2 ** 32 - 1, args: '[65536]' })
    // The buffers of two sockets, and what may wait beside.
    expect(await settled(() => feeds.made)).to.be.within(1, 400)
  })
})

describe('a consumer of streams, by frames', () => {
  const streaming = (method: string, more: Partial<StreamInvocation> = {}): StreamInvocation => ({
    ...{ service: { app: 'trial', group: 'feeds' }, method, args: [], attachments: {}, idempotent: false },
    ...{ deadline: systemClock.now() + 10_000, stream: 'server', ...more },
  })
  const begin = async (call: StreamInvocation, options: StreamConnectOptions = {}) => {
    const provider = await rawProvider()
    const endpoint = streamConnect({ logger: silent, ...options })(provider.record)
    const iterator = endpoint.stream!(call)[Symbol.asyncIterator]()
    const first = iterator.next()
    first.catch(() => {})
    const end = await provider.caller
    const request = await end.of(FrameType.request)
    return {
      ...{ end, endpoint, iterator, first, request },
      rest: { [Symbol.asyncIterator]: () => iterator },
      async [Symbol.asyncDispose]() {
        end[Symbol.dispose]()
        await endpoint[Symbol.asyncDispose]()
        provider[Symbol.dispose]()
      },
    }
  }

  it('says in its request which way items go, and what it takes', async () => {
    for (const [stream, kind, credit] of [
      ['server', 1, 5_000],
      ['client', 2, 0],
      ['both', 3, 5_000],
    ] as const) {
      await using begun = await begin(streaming('count', { stream, args: [1] }), { windowBytes: 5_000 })
      const { id, body } = begun.request
      const head = readRequest(body, 0, body.length)!
      expect(head).to.include({ kind, path: '/trial/feeds/count' })
      const read = readCredit(body, head.body, body.length)!
      expect([read.credit, body.toString('utf8', read.body)]).to.deep.equal([credit, '[1]'])
      expect(id).to.be.at.least(2 ** 31)
    }
  })

  it('gives credit when half of its window is read and more is asked for', async () => {
    await using begun = await begin(streaming('count'), { windowBytes: 4_096 })
    const { end, first, iterator, request } = begun
    for (const n of ['1', '2', '3', '4']) end.writer.text(FrameType.item, request.id, n)
    expect((await first).value).to.equal(1)
    expect((await iterator.next()).value).to.equal(2)
    expect(end.frames.some(({ type }) => type === FrameType.credit)).to.equal(false)
    expect((await iterator.next()).value).to.equal(3)
    expect(numberOf(await end.of(FrameType.credit))).to.equal(2_048)
  })

  it('ends a stream of which more comes than it gave credit for, after what came, and no other', async () => {
    await using begun = await begin(streaming('count'), { windowBytes: 2_048 })
    const { end, endpoint, first, request, rest } = begun
    const other = all(endpoint.stream!(streaming('other')))
    const { id } = await end.of(FrameType.request, end.frames.indexOf(request) + 1)
    for (const n of ['1', '2', '3']) end.writer.text(FrameType.item, request.id, n)
    expect((await end.of(FrameType.cancel)).id).to.equal(request.id)
    expect((await first).value).to.equal(1)
    const { items, error } = await failing(rest)
    expect(items).to.deep.equal([2])
    expect(error).to.include({ code: 'resource_exhausted', outcome: 'unknown' })
    end.writer.text(FrameType.item, id, '"fine"')
    end.writer.number(FrameType.end, id)
    expect(await other).to.deep.equal(['fine'])
  })

  it('fails a stream with what is not an item, or not an answer to it', async () => {
    for (const [stream, send, said] of [
      [
        'server',
        (end: RawEnd, id: number) => end.writer.text(FrameType.item, id, '{"a"'),
        'not JSON as we take it: {"a"',
      ],
      ['server', (end: RawEnd, id: number) => end.writer.text(FrameType.reply, id, '1'), 'answered what is no stream'],
      ['client', (end: RawEnd, id: number) => end.writer.number(FrameType.end, id), 'ended without a reply'],
      ['client', (end: RawEnd, id: number) => end.writer.text(FrameType.item, id, '1'), 'without credit'],
    ] as const) {
      await using begun = await begin(streaming('count', { stream }))
      send(begun.end, begun.request.id)
      const error: unknown = await begun.first.catch((thrown: unknown) => thrown)
      expect(String(error)).to.contain(said)
    }
  })

  it('refuses an item in parts as soon as they exceed its limit', async () => {
    await using begun = await begin(streaming('count'), { maxItemBytes: 100_000 })
    const { end, first, request } = begun
    for (let n = 0; n < 2; n++) end.writer.text(FrameType.item | MORE, request.id, 'x'.repeat(60_000))
    expect((await end.of(FrameType.cancel)).id).to.equal(request.id)
    expect(await first.catch((error: unknown) => error)).to.include({ code: 'resource_exhausted' })
  })

  it('gives out what came before the connection broke, then says that it did', async () => {
    await using begun = await begin(streaming('count'))
    const { end, first, request, rest } = begun
    for (const n of ['1', '2']) end.writer.text(FrameType.item, request.id, n)
    end.writer.text(FrameType.item | MORE, request.id, '3')
    await first
    end.socket.destroySoon()
    const { items, error } = await failing(rest)
    expect(items).to.deep.equal([2])
    expect(error).to.include({ code: 'unavailable', outcome: 'unknown' })
  })

  it('goes on with a stream after a go-away, begins none, and closes after its end', async () => {
    await using begun = await begin(streaming('count'))
    const { end, endpoint, first, request, rest } = begun
    end.writer.number(FrameType.goAway, 0, 2)
    end.writer.text(FrameType.item, request.id, '1')
    expect((await first).value).to.equal(1)
    expect(endpoint.status).to.equal('closed')
    end.writer.text(FrameType.item, request.id, '2')
    end.writer.number(FrameType.end, request.id)
    expect(await all(rest)).to.deep.equal([2])
    await eventually(() => expect(end.socket.destroyed).to.equal(true))
  })

  it('refuses more streams at once than it is told', async () => {
    await using begun = await begin(streaming('count'), { maxStreams: 1 })
    const { error } = await failing(begun.endpoint.stream!(streaming('count')))
    expect(error).to.include({ code: 'resource_exhausted', outcome: 'not-run' })
    begun.end.writer.number(FrameType.end, begun.request.id)
    expect(await begun.first).to.deep.equal({ done: true, value: undefined })
    const next = begun.endpoint.stream!(streaming('count'))[Symbol.asyncIterator]()
    void next.next()
    await begun.end.of(FrameType.request, begun.end.frames.indexOf(begun.request) + 1)
    await next.return!()
  })

  it('sends nothing of a stream that is left while its connection opens', async () => {
    const provider = await rawProvider()
    await using endpoint = streamConnect({ logger: silent })(provider.record)
    const iterator = endpoint.stream!(streaming('count'))[Symbol.asyncIterator]()
    const first = iterator.next()
    await iterator.return!()
    expect(await first).to.deep.equal({ done: true, value: undefined })
    using end = await provider.caller
    const call = endpoint.invoke({ ...streaming('plain'), stream: undefined } as never)
    const { id } = await end.of(FrameType.request)
    end.writer.text(FrameType.reply, id, '1')
    await call
    expect(end.frames).to.have.length(1)
    provider[Symbol.dispose]()
  })

  it('makes no more of its input for who gives credit and does not read what comes', async () => {
    let made = 0
    const input = (async function* () {
      for (; ; made++) yield 'x'.repeat(65_536)
    })()
    await using begun = await begin(streaming('sum', { stream: 'client', input }))
    begun.end.socket.pause()
    begun.end.writer.number(FrameType.credit, begun.request.id, 2 ** 32 - 1)
    expect(await settled(() => made)).to.be.within(1, 400)
  })
})

describe('a provider that lists frames, and does not speak them', () => {
  it('streams over plain HTTP what that can carry', async () => {
    const feeds = new Feeds()
    const transport = { connect: streamConnect({ logger: silent }), listen: httpListen() }
    await using plain = await serving({ transport, services: [feeds] })
    const { host, port } = plain.record
    await using endpoint = transport.connect(providerRecord({ host, port, transports: ['stream', 'http'] }))
    const call = { service: { app: 'trial', group: 'feeds' }, attachments: {}, idempotent: false } as const
    for (let n = 0; n < 2; n++) {
      const counted = endpoint.stream!({ ...call, method: 'count', args: [3], stream: 'server' })
      expect(await all(counted)).to.deep.equal([0, 1, 2])
    }
    const input = (async function* () {
      yield 1
    })()
    const { error } = await failing(endpoint.stream!({ ...call, method: 'sum', args: [0], stream: 'client', input }))
    expect(error).to.include({ code: 'unimplemented', outcome: 'not-run' })
  })
})

describe('the window of a stream', () => {
  for (const windowBytes of [0, 1.5, 2 ** 30 + 1, Number.NaN]) {
    it(`cannot be ${windowBytes} bytes`, () => {
      expect(() => streamListen({ windowBytes })).to.throw(RangeError, 'windowBytes')
      expect(() => streamConnect({ windowBytes })).to.throw(RangeError, 'windowBytes')
    })
  }
})
