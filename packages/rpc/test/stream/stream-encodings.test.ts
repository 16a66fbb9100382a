import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type ProviderRecord, providerRecord, silent } from '@kumquat/core'
import { type RecordingLogger, recordingLogger } from '@kumquat/core/testing'
import {
  httpListen,
  type Listen,
  method,
  type StreamConnectOptions,
  service,
  streamConnect,
  streamListen,
} from '@kumquat/rpc'
import { expect } from 'chai'
import { FrameType } from '../../src/stream/frame.ts'
import { FrameReader } from '../../src/stream/frame-reader.ts'
import { FrameWriter } from '../../src/stream/frame-writer.ts'
import { RequestPrelude } from '../../src/stream/request-frame.ts'
import { Movies } from '../movies.ts'
import { rejection } from '../rejection.ts'
import { calling, type Serving, serving } from '../serving.ts'

@service({ app: 'movie', group: 'covers' })
class Covers {
  @method() bytes(given: unknown): unknown {
    if (!(given instanceof Uint8Array)) return 'no bytes'
    return Buffer.from(given.map((byte) => byte ^ 0xff))
  }
}

describe('an encoding of a connection', () => {
  const open: AsyncDisposable[] = []
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
  })

  const begin = async (
    listen: Listen = streamListen({ encoding: 'msgpack' }),
    options: StreamConnectOptions = { encoding: 'msgpack' },
  ): Promise<Serving & { readonly logger: RecordingLogger }> => {
    const logger = recordingLogger()
    const transport = { connect: streamConnect({ logger, ...options }), listen }
    const made = await serving({ transport, services: [new Movies(), new Covers()] })
    open.push(made)
    return { ...made, logger }
  }
  const covers = (given: unknown) => calling('bytes', [given], { service: { app: 'movie', group: 'covers' } })

  it('carries bytes both ways, long ones in parts', async () => {
    const { endpoint, logger } = await begin()
    for (const length of [0, 3, 300_000]) {
      const { value } = await endpoint.invoke(covers(new Uint8Array(length).fill(1)))
      expect(value).to.deep.equal(new Uint8Array(length).fill(0xfe))
    }
    expect(logger.lines).to.deep.equal([])
  })

  it('mixes long and short ones without mixing them up', async () => {
    const { endpoint } = await begin()
    const sizes = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? i : 70_000 + i))
    const values = await Promise.all(sizes.map((size) => endpoint.invoke(covers(new Uint8Array(size).fill(size)))))
    for (const [i, size] of sizes.entries()) expect(values[i]!.value).to.deep.equal(new Uint8Array(size).fill(~size))
  })

  it('is JSON with a provider that does not agree, of which the log says so once', async () => {
    const { endpoint, record, logger } = await begin(streamListen())
    expect((await endpoint.invoke(calling('echo', [1, { a: [null] }]))).value).to.deep.equal([1, { a: [null] }])
    expect((await endpoint.invoke(covers(new Uint8Array(1)))).value).to.equal('no bytes')
    const connect = streamConnect({ encoding: 'msgpack', logger, lines: 4 })
    for (let i = 0; i < 2; i++) {
      await using another = connect(record)
      expect((await another.invoke(calling('echo', [i]))).value).to.deep.equal([i])
    }
    const told = logger.lines.filter(({ message }) => message.includes('does not agree to the encoding'))
    expect(told).to.have.length(2)
  })

  it('is JSON for who does not ask for another, and over plain HTTP', async () => {
    const { endpoint, record } = await begin(streamListen({ encoding: 'msgpack' }), {})
    expect((await endpoint.invoke(covers(new Uint8Array(1)))).value).to.equal('no bytes')
    await using plain = streamConnect({ encoding: 'msgpack', logger: silent })(
      providerRecord({ host: record.host, port: record.port, transports: ['http'] }),
    )
    expect((await plain.invoke(covers(new Uint8Array(1)))).value).to.equal('no bytes')
    const http = await begin(httpListen())
    expect((await http.endpoint.invoke(covers(new Uint8Array(1)))).value).to.equal('no bytes')
  })

  it('must be one that there is', () => {
    const encoding = 'xml' as 'json'
    const said = 'encoding must be "json" or "msgpack", got "xml"'
    expect(() => streamConnect({ encoding })).to.throw(TypeError, said)
    expect(() => streamListen({ encoding })).to.throw(TypeError, said)
  })

  it('leaves errors as they are', async () => {
    const { endpoint } = await begin()
    const error = await rejection(endpoint.invoke(calling('refuse')))
    expect(error).to.deep.include({ code: 'not_found', retryable: true, retryAfterMs: 50, outcome: 'ran' })
    expect(await rejection(endpoint.invoke(calling('returnBigInt')))).to.include({ code: 'internal', outcome: 'ran' })
  })

  it('shows bytes as their number where arguments are refused', async () => {
    const { endpoint } = await begin()
    const error = await rejection(endpoint.invoke(calling('getMovieById', [new Uint8Array(1_000)])))
    expect(error.message).to.contain('it was called with ["[1000 bytes]"]')
  })

  describe('on the wire', () => {
    /** Asks for the upgrade by hand. */
    const upgrade = async (record: ProviderRecord, asked: Record<string, string>) => {
      const headers = { connection: 'upgrade', upgrade: 'kumquat', ...asked }
      const sent = request({ host: record.host, port: record.port, path: '/_kumquat/stream', headers })
      sent.end()
      const [response, socket] = (await once(sent, 'upgrade')) as [{ headers: Record<string, string> }, Socket]
      open.push({ [Symbol.asyncDispose]: async () => void socket.destroy() })
      return { answered: response.headers['kq-encoding'], socket }
    }

    it('is agreed to if it is asked for by its name, and not otherwise', async () => {
      const { record } = await begin()
      for (const [asked, answered] of [
        [{}, undefined],
        [{ 'kq-encoding': 'msgpack' }, 'msgpack'],
        [{ 'kq-encoding': 'json' }, undefined],
        [{ 'kq-encoding': 'cbor' }, undefined],
        [{ 'kq-encoding': 'msgpack, json' }, undefined],
      ] as const)
        expect((await upgrade(record, asked)).answered).to.equal(answered)
      const without = await begin(streamListen())
      expect((await upgrade(without.record, { 'kq-encoding': 'msgpack' })).answered).to.equal(undefined)
    })

    it('answers what it cannot read in words, and goes on', async () => {
      const { record } = await begin()
      const { socket } = await upgrade(record, { 'kq-encoding': 'msgpack' })
      const answers = new Map<number, { readonly type: number; readonly body: Buffer }>()
      const reader = new FrameReader(2 ** 20, (type, id, bytes, start, end) => {
        answers.set(id, { type, body: Buffer.from(bytes.subarray(start, end)) })
      })
      socket.on('data', (chunk: Buffer) => reader.push(chunk))
      const writer = new FrameWriter(socket)
      const head = { leftMs: 0, attempt: 1, kind: 0, path: '/movie/catalog/echo', facts: '' }
      const bodies = [
        Buffer.from('[1]'),
        Buffer.from([0x91, 0xd6, 0xff, 0, 0, 0, 0]),
        Buffer.from([0xdd, 0x7f, 0xff, 0xff, 0xff]),
        Buffer.from([0x91, 0x81, 0xa9, ...Buffer.from('__proto__'), 0x80]),
        Buffer.from(Array<number>(100).fill(0x91)),
        Buffer.from([0xdc, 0, 65, ...Array<number>(65).fill(0)]),
        Buffer.from([0x92, 1, 0xc4, 1, 7]),
        Buffer.from([]),
        Buffer.from([5]),
      ]
      for (const [i, body] of bodies.entries()) writer.bytes(FrameType.request, i + 1, body, new RequestPrelude(head))
      while (answers.size < bodies.length) await once(socket, 'data')
      for (const [id, said] of [
        [1, 'bytes follow its end'],
        [2, '0xd6'],
        [3, 'in the middle of a value'],
        [4, '__proto__'],
        [5, '64 levels'],
        [6, '65 arguments are more than 64'],
      ] as const) {
        const { type, body } = answers.get(id)!
        expect(type).to.equal(FrameType.error)
        const error = JSON.parse(body.toString()) as { readonly message: string }
        expect(error).to.include({ code: 'invalid_argument', outcome: 'not-run' })
        expect(error.message).to.contain(said)
      }
      expect(answers.get(7)).to.deep.equal({ type: FrameType.reply, body: bodies[6] })
      expect(answers.get(8)).to.deep.equal({ type: FrameType.reply, body: Buffer.from([0x90]) })
      expect(answers.get(9)).to.deep.equal({ type: FrameType.reply, body: Buffer.from([0x91, 5]) })
    })

    it('fails a call whose reply cannot be read, and goes on', async () => {
      const replies = [Buffer.from('{"a":1}'), Buffer.from([0x81, 1, 1]), Buffer.from([0xa2, 111, 107])]
      const server = createServer()
      server.on('upgrade', (_, socket: Socket) => {
        const upgraded = [
          'HTTP/1.1 101 Switching Protocols',
          'connection: upgrade',
          'upgrade: kumquat',
          'kq-encoding: msgpack',
        ]
        socket.write(`${upgraded.join('\r\n')}\r\n\r\n`)
        const writer = new FrameWriter(socket)
        const reader = new FrameReader(2 ** 20, (type, id) => {
          if (type === FrameType.request) writer.bytes(FrameType.reply, id, replies.shift()!)
        })
        socket.on('data', (chunk: Buffer) => reader.push(chunk))
        socket.on('end', () => socket.end())
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      open.push({ [Symbol.asyncDispose]: async () => void server.close() })
      const { port } = server.address() as AddressInfo
      await using endpoint = streamConnect({ encoding: 'msgpack', logger: silent })(
        providerRecord({ host: '127.0.0.1', port, transports: ['stream', 'http'] }),
      )
      for (const shown of ['7b2261', '810101']) {
        const error = await rejection(endpoint.invoke(calling('echo')))
        expect(error).to.include({ code: 'internal', outcome: 'unknown' })
        expect(error.message).to.contain('what is not msgpack as we take it').and.to.contain(shown)
      }
      expect((await endpoint.invoke(calling('echo'))).value).to.equal('ok')
    })
  })
})
