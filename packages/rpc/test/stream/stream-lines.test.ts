import { createServer, request as httpRequest } from 'node:http'
import {
  type AddressInfo,
  connect as connectTcp,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net'
import { type Filter, providerRecord, type Reply, RpcError, silent, sleep, systemClock } from '@kumquat/core'
import { eventually, recordingLogger } from '@kumquat/core/testing'
import { httpConnect, httpListen, type StreamConnectOptions, streamConnect, streamListen } from '@kumquat/rpc'
import { expect } from 'chai'
import { FrameType, HEADER_BYTES, LENGTH_BYTES, PART_BYTES } from '../../src/stream/frame.ts'
import { RequestKind, RequestPrelude } from '../../src/stream/request-frame.ts'
import { type PlainWay, StreamEndpoint } from '../../src/stream/stream-endpoint.ts'
import { StreamLine } from '../../src/stream/stream-line.ts'
import type { ServedCall } from '../../src/transport.ts'
import { Deadlines } from '../../src/waiting/deadlines.ts'
import { Movies } from '../movies.ts'
import { rejection } from '../rejection.ts'
import { calling, type Serving, serving } from '../serving.ts'
import { type RawEnd, rawCaller } from './raw-frames.ts'

/** Carries connections to a port, and can lose what passes. */
interface Line extends AsyncDisposable {
  readonly port: number
  connections: number
  /** Nothing passes any more, and nobody is told. */
  silent: boolean
  cut(): void
}

async function lineTo(port: number): Promise<Line> {
  const sockets = new Set<Socket>()
  const server = createTcpServer()
  const line: Line = {
    silent: false,
    connections: 0,
    get port() {
      return (server.address() as AddressInfo).port
    },
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      line.cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from)
    from.on('data', (chunk) => line.silent || to.write(chunk))
    from.on('error', () => {})
    from.on('close', () => {
      sockets.delete(from)
      if (!line.silent) to.destroy()
    })
  }
  server.on('connection', (near) => {
    line.connections++
    const far = connectTcp(port, '127.0.0.1')
    pass(near, far)
    pass(far, near)
  })
  await listening(server)
  return line
}

const listening = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

describe('a line over stream', () => {
  let current: Serving
  let movies: Movies
  beforeEach(async () => {
    movies = new Movies()
    const transport = { connect: streamConnect({ logger: silent }), listen: streamListen({ heartbeatMs: 200 }) }
    current = await serving({ transport, services: [movies] })
  })
  afterEach(() => current[Symbol.asyncDispose]())

  const over = (port: number, options: StreamConnectOptions = {}) =>
    streamConnect({ logger: silent, ...options })(
      providerRecord({ host: '127.0.0.1', port, transports: ['stream', 'http'] }),
    )

  it('opens one connection for any number of calls at once, with the first of them', async () => {
    await using line = await lineTo(current.listener.port)
    await using endpoint = over(line.port)
    expect(line.connections).to.equal(0)
    const values = await Promise.all(Array.from({ length: 500 }, (_, n) => endpoint.invoke(calling('echo', [n]))))
    expect(values.map(({ value }) => value)).to.deep.equal(Array.from({ length: 500 }, (_, n) => [n]))
    expect(line.connections).to.equal(1)
  })

  it('opens as many as it is told when all are busy, and spreads calls over them', async () => {
    await using line = await lineTo(current.listener.port)
    await using endpoint = over(line.port, { lines: 3 })
    const calls: Promise<unknown>[] = []
    await eventually(() => {
      calls.push(endpoint.invoke(calling('slow', [100])))
      expect(line.connections).to.equal(3)
    })
    await Promise.all(calls)
    await endpoint.invoke(calling('echo'))
    expect(line.connections).to.equal(3)
  })

  it('fails what was under way when it is cut, as unknown, and opens again', async () => {
    await using line = await lineTo(current.listener.port)
    await using endpoint = over(line.port)
    await endpoint.invoke(calling('echo'))
    const broken = rejection(endpoint.invoke(calling('slow', [60_000])))
    await eventually(() => expect(movies.entered).to.include('slow'))
    line.cut()
    expect(await broken).to.include({ code: 'unavailable', outcome: 'unknown' })
    await eventually(() => expect(movies.entered).to.include('slow aborted'))
    await eventually(() => expect(endpoint.status).to.equal('open'))
    expect((await endpoint.invoke(calling('echo', [2]))).value).to.deep.equal([2])
  })

  it('gives up a peer that is silent before two heartbeats are over', async () => {
    await using line = await lineTo(current.listener.port)
    await using endpoint = over(line.port, { heartbeatMs: 200 })
    await endpoint.invoke(calling('echo'))
    const lost = rejection(endpoint.invoke(calling('slow', [60_000], { deadline: Number.POSITIVE_INFINITY })))
    await eventually(() => expect(movies.entered).to.include('slow'))
    line.silent = true
    const error = await lost
    expect(error).to.include({ code: 'unavailable', outcome: 'unknown' })
    expect(error.message).to.contain('no sign of life for 400 ms')
    expect(endpoint.status).to.equal('closed')
    // The provider has given up, too.
    await eventually(() => expect(movies.entered).to.include('slow aborted'))
  })

  it('stays through a long silence of both ends that are well', async () => {
    await using line = await lineTo(current.listener.port)
    await using endpoint = over(line.port, { heartbeatMs: 100 })
    const { value } = await endpoint.invoke(calling('slow', [1_500]))
    expect([value, line.connections]).to.deep.equal(['done', 1])
  })

  const headOf = (method: string): RequestPrelude =>
    new RequestPrelude({ leftMs: 0, attempt: 1, kind: RequestKind.unary, path: `/movie/catalog/${method}`, facts: '' })
  const ask = ({ writer }: RawEnd, id: number, method: string, ...args: readonly unknown[]): void =>
    writer.text(FrameType.request, id, JSON.stringify(args), headOf(method))

  describe('by frames', () => {
    it('stops a call that is canceled, says nothing of it, and its id is free', async () => {
      using end = await rawCaller(current.record)
      for (let time = 1; time <= 3; time++) {
        ask(end, 1, 'slow', 60_000)
        await eventually(() => expect(movies.entered.filter((one) => one === 'slow')).to.have.length(time))
        end.writer.number(FrameType.cancel, 1)
        await eventually(() => expect(movies.entered.filter((one) => one === 'slow aborted')).to.have.length(time))
      }
      ask(end, 1, 'echo', 'again')
      expect(`${(await end.of(FrameType.reply)).body}`).to.equal('["again"]')
      expect(end.frames.filter(({ id }) => id === 1)).to.have.length(1)
    })

    it('does not run a long one that is canceled as soon as it was read', async () => {
      using end = await rawCaller(current.record)
      const prelude = headOf('slow')
      const args = JSON.stringify([60_000, 'x'.repeat(PART_BYTES)])
      const frame = Buffer.alloc(HEADER_BYTES + prelude.bytes + args.length)
      frame.writeUInt32BE(frame.length - LENGTH_BYTES)
      frame[LENGTH_BYTES] = FrameType.request
      frame.writeUInt32BE(1, LENGTH_BYTES + 1)
      prelude.write(frame, HEADER_BYTES)
      frame.write(args, HEADER_BYTES + prelude.bytes)
      end.socket.cork()
      end.socket.write(frame)
      end.writer.atOnce(() => end.writer.number(FrameType.cancel, 1))
      end.socket.uncork()
      ask(end, 2, 'echo', 'x'.repeat(PART_BYTES))
      await end.of(FrameType.reply)
      expect(movies.entered).to.not.include('slow')
    })
  })

  describe('of a caller who is answered more than he reads', () => {
    const overwhelmed = async (): Promise<RawEnd> => {
      await current[Symbol.asyncDispose]()
      const transport = { connect: streamConnect({ logger: silent }), listen: streamListen({ heartbeatMs: 500 }) }
      current = await serving({ transport, services: [movies] })
      const end = await rawCaller(current.record)
      ask(end, 1, 'slow', 60_000)
      for (let id = 2; id <= 17; id++) ask(end, id, 'echo', 'x'.repeat(700_000))
      return end
    }

    it('stays while he reads, however slowly', async () => {
      using end = await overwhelmed()
      end.socket.on('data', () => {
        end.writer.number(FrameType.pong, 0)
        end.socket.pause()
        void sleep(systemClock, 25).then(() => end.socket.resume())
      })
      await eventually(() => expect(end.frames.filter(({ type }) => type === FrameType.reply)).to.have.length(16), {
        withinMs: 9_000,
      })
      expect(movies.entered).to.not.include('slow aborted')
    }).timeout(10_000)

    it('is given up when he does not read at all', async () => {
      using end = await overwhelmed()
      await eventually(() => expect(movies.entered).to.include('slow'))
      end.socket.pause()
      await eventually(() => expect(movies.entered).to.include('slow aborted'))
    })
  })

  it('lets nothing leave of a call that is given up while it is connected', async () => {
    const deaf = createTcpServer(() => {})
    await listening(deaf)
    const endpoint = over((deaf.address() as AddressInfo).port)
    const gone = new AbortController()
    const call = rejection(endpoint.invoke(calling('echo', [], { signal: gone.signal })))
    gone.abort()
    expect(await call).to.include({ code: 'canceled', outcome: 'not-run' })
    deaf.close()
  })

  for (const encoding of ['json', 'msgpack'] as const) {
    it(`does not say of a long call that it has not run when parts of it had left, in ${encoding}`, async () => {
      const cuts = createServer()
      cuts.on('upgrade', (_, socket: Socket) => {
        const agreed = encoding === 'json' ? [] : [`kq-encoding: ${encoding}`]
        const head = ['HTTP/1.1 101 Switching Protocols', 'connection: upgrade', 'upgrade: kumquat', ...agreed]
        socket.write(`${head.join('\r\n')}\r\n\r\n`)
        socket.once('data', () => socket.destroy())
      })
      await listening(cuts)
      await using endpoint = over((cuts.address() as AddressInfo).port, { encoding })
      const error = await rejection(endpoint.invoke(calling('echo', ['x'.repeat(300_000)])))
      expect(error).to.include({ code: 'unavailable', outcome: 'unknown' })
      cuts.close()
    })
  }

  it('stays open when many long calls are given up while they leave', async () => {
    await using line = await lineTo(current.listener.port)
    await using endpoint = over(line.port)
    await endpoint.invoke(calling('echo'))
    for (let round = 0; round < 15; round++) {
      const gone = new AbortController()
      const calls = Array.from({ length: 10 }, () =>
        rejection(endpoint.invoke(calling('echo', ['x'.repeat(700_000)], { signal: gone.signal }))),
      )
      await new Promise(setImmediate)
      gone.abort()
      for (const error of await Promise.all(calls)) expect(error.code).to.equal('canceled')
    }
    expect((await endpoint.invoke(calling('echo', [1]))).value).to.deep.equal([1])
    expect(line.connections).to.equal(1)
  })

  it('carries many long calls at once, again and again', async () => {
    await using endpoint = over(current.listener.port)
    const long = 'x'.repeat(700_000)
    const caller = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) {
        const { value } = await endpoint.invoke(calling('echo', [long]))
        expect((value as readonly unknown[])[0] === long).to.equal(true)
      }
    }
    await Promise.all(Array.from({ length: 6 }, caller))
  })

  it('fails a long call, and nothing else, when a filter of the provider throws at once', async () => {
    const throws: Filter<ServedCall, Reply> = () => () => {
      throw new RpcError('permission_denied', 'not you', { outcome: 'not-run' })
    }
    const transport = { connect: streamConnect({ logger: silent }), listen: streamListen() }
    await using strict = await serving({ transport, services: [movies], filters: [throws] })
    for (const long of ['short', 'x'.repeat(200_000)]) {
      const error = await rejection(strict.endpoint.invoke(calling('echo', [long])))
      expect(error).to.include({ code: 'permission_denied', outcome: 'not-run' })
    }
  })

  it('is not used when it was closed as soon as it was open: the call did not run', async () => {
    const { port } = current.listener
    const plain = httpConnect({ logger: silent })(providerRecord({ host: '127.0.0.1', port }))
    const socket = connectTcp(port, '127.0.0.1')
    const deadlines = new Deadlines(systemClock)
    const limits = {
      maxAnswerBytes: 1_000,
      maxQueuedBytes: 1_000,
      maxStreams: 1,
      windowBytes: 1_000,
      maxItemBytes: 1_000,
    }
    const options = { ...limits, heartbeatMs: 1_000, clock: systemClock, deadlines }
    const line = new StreamLine({ socket, peer: 'it', ...options, onGoAway: () => {}, onEnd: () => {} })
    const endpoint = new StreamEndpoint({
      ...{ peer: 'it', plain: plain as PlainWay, lines: 1, maxPending: 10, onPlain: () => {}, clock: systemClock },
      async open() {
        void line.retire()
        return line
      },
    })
    const error = await rejection(endpoint.invoke(calling('echo')))
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.contain('closed the line at once')
    await endpoint[Symbol.asyncDispose]()
  })

  it('refuses more calls than may wait, and more bytes', async () => {
    await using endpoint = over(current.listener.port, { maxPending: 2, maxQueuedBytes: 65_536 })
    await endpoint.invoke(calling('echo'))
    const waiting = [1, 2].map(() => endpoint.invoke(calling('slow', [100])))
    const refused = await rejection(endpoint.invoke(calling('echo')))
    expect(refused).to.include({ code: 'resource_exhausted', outcome: 'not-run' })
    await Promise.all(waiting)
    const large = rejection(endpoint.invoke(calling('echo', ['x'.repeat(10_000_000)])))
    expect(await rejection(endpoint.invoke(calling('echo')))).to.include({
      code: 'resource_exhausted',
      outcome: 'not-run',
    })
    expect(await large).to.include({ code: 'resource_exhausted', outcome: 'not-run' })
  })

  it('closes its connection when its provider has drained, and calls of others are not touched', async () => {
    await using endpoint = over(current.listener.port)
    const slow = endpoint.invoke(calling('slow', [200]))
    await eventually(() => expect(movies.entered).to.include('slow'))
    const closed = current.listener.close(5_000)
    expect((await slow).value).to.equal('done')
    await closed
    expect(endpoint.status).to.equal('closed')
  })
})

describe('a provider without stream', () => {
  const options = { logger: silent }

  it('is called over plain HTTP when its record does not list it', async () => {
    await using plain = await serving({ transport: { connect: streamConnect(options), listen: httpListen() } })
    expect((await plain.endpoint.invoke(calling('echo', [1]))).value).to.deep.equal([1])
  })

  it('is called over plain HTTP when it, or a proxy before it, does not upgrade; the log says so once', async () => {
    await using running = await serving({ transport: { connect: streamConnect(options), listen: streamListen() } })
    const strips = createServer((incoming, outgoing) => {
      const { connection: _, upgrade: __, ...headers } = incoming.headers
      const { method, url } = incoming
      const onward = httpRequest({ port: running.listener.port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(outgoing)
      })
      incoming.pipe(onward)
    })
    await listening(strips)
    const logger = recordingLogger()
    const { port } = strips.address() as AddressInfo
    const record = providerRecord({ host: '127.0.0.1', port, transports: ['stream', 'http'] })
    const connect = streamConnect({ logger })
    const [first, second] = [connect(record), connect(record)]
    try {
      for (const endpoint of [first, second]) {
        for (const n of [1, 2]) expect((await endpoint.invoke(calling('echo', [n]))).value).to.deep.equal([n])
        expect(endpoint.status).to.equal('open')
      }
      expect(logger.lines.filter(({ message }) => message.includes('plain HTTP is used'))).to.have.length(1)
    } finally {
      await first[Symbol.asyncDispose]()
      await second[Symbol.asyncDispose]()
      strips.closeAllConnections()
      strips.close()
    }
  })
})
