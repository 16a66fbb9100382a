import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import { type Endpoint, providerRecord, silent, sleep, systemClock } from '@kumquat/core'
import { eventually, handClock, recordingLogger } from '@kumquat/core/testing'
import { type HttpConnectOptions, httpConnect, httpListen } from '@kumquat/rpc'
import { expect } from 'chai'
import { Movies } from '../movies.ts'
import { rejection } from '../rejection.ts'
import { calling, serving } from '../serving.ts'

describe('a line over HTTP', () => {
  const running: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const stop of running.splice(0).reverse()) await stop()
  })

  const lineTo = (port: number, options: HttpConnectOptions = {}): Endpoint => {
    const endpoint = httpConnect({ logger: silent, ...options })(providerRecord({ host: '127.0.0.1', port }))
    running.push(() => endpoint[Symbol.asyncDispose]() as Promise<void>)
    return endpoint
  }
  const listening = async <S extends TcpServer>(server: S, port = 0): Promise<number> => {
    const sockets = new Set<Socket>()
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    running.push(async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return (server.address() as { port: number }).port
  }
  /** A server that answers every request with these bytes, and then does `then` to the socket. */
  const raw = (bytes: string, then: (socket: Socket) => void = () => {}): Promise<number> =>
    listening(createTcpServer((socket) => socket.on('data', () => void socket.write(bytes, () => then(socket)))))
  const http = (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> =>
    listening(createServer(answer))
  /** A port where nobody listens. */
  const nobody = async (): Promise<number> => {
    const server: Server = createServer()
    const port = await listening(server)
    server.close()
    await once(server, 'close')
    return port
  }
  const ok = (body: string): string =>
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`

  describe('decides by what it saw whether a method may have run:', () => {
    it('not when nobody listens', async () => {
      const error = await rejection(lineTo(await nobody()).invoke(calling('rent', [1])))
      expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
      expect(error.message).to.match(/^movie\/catalog\/rent at 127.0.0.1:\d+ could not be reached \(ECONNREFUSED/)
    })
    for (const [what, bytes, then] of [
      ['reset after the request', '', (socket: Socket) => void socket.resetAndDestroy()],
      ['closed after the request', '', (socket: Socket) => void socket.end()],
      [
        'reset in the middle of the headers',
        'HTTP/1.1 200 OK\r\ncontent-le',
        (socket: Socket) => void socket.resetAndDestroy(),
      ],
      [
        'closed in the middle of the body',
        'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[1',
        (socket: Socket) => void socket.end(),
      ],
      [
        'reset in the middle of a chunk',
        'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n[1',
        (socket: Socket) => void socket.resetAndDestroy(),
      ],
      [
        'closed between two chunks',
        'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n1\r\n',
        (socket: Socket) => void socket.end(),
      ],
      ['answered with what is no HTTP', 'EHLO\r\n\r\n', () => {}],
    ] as const) {
      it(`perhaps when the connection was ${what}`, async () => {
        const error = await rejection(lineTo(await raw(bytes, then)).invoke(calling('rent', [1])))
        expect(error).to.include({ code: 'unavailable', outcome: 'unknown' })
        expect(error.message).to.contain('it may have run')
      })
    }
    it('perhaps when there was no answer in time, and then the connection is gone', async () => {
      const sockets: Socket[] = []
      const port = await listening(createTcpServer((socket) => void sockets.push(socket.resume())))
      const error = await rejection(lineTo(port).invoke(calling('rent', [1], { deadline: systemClock.now() + 100 })))
      expect(error).to.include({ code: 'deadline_exceeded', outcome: 'unknown' })
      expect(error.message).to.contain('did not answer until the deadline')
      await eventually(() => expect(sockets[0]?.closed).to.equal(true))
    })
    it('not when no connection was free in time', async () => {
      const port = await listening(createTcpServer((socket) => void socket.resume()))
      const line = lineTo(port, { connections: 1 })
      const deadline = systemClock.now() + 150
      const settled = [1, 2].map(() => rejection(line.invoke(calling('rent', [1], { deadline }))))
      expect((await Promise.all(settled)).map(({ outcome }) => outcome)).to.deep.equal(['unknown', 'not-run'])
    })
    it('yes when the answer was more than is accepted, which is cut off while it streams in', async () => {
      let sent = 0
      const port = await http((_, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536
        }
        response.on('drain', more)
        more()
      })
      const error = await rejection(lineTo(port, { maxAnswerBytes: 100_000 }).invoke(calling('rent', [1])))
      expect(error).to.include({ code: 'resource_exhausted', outcome: 'ran' })
      expect(error.message).to.contain('answered more than is accepted')
      await sleep(systemClock, 20)
      expect(sent).to.be.below(2 ** 24)
    })
    it('yes when the headers of the answer were more than is accepted', async () => {
      const port = await raw(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`)
      const error = await rejection(lineTo(port).invoke(calling('rent', [1])))
      expect(error).to.include({ code: 'resource_exhausted', outcome: 'ran' })
    })
    it('perhaps when the answer is not JSON', async () => {
      const error = await rejection(lineTo(await raw(ok('<html>'))).invoke(calling('rent', [1])))
      expect(error).to.include({ code: 'internal', outcome: 'unknown' })
      expect(error.message).to.contain('answered what is not JSON: <html>')
    })
  })

  it('repeats an idempotent call when the peer closes a connection it had not announced to close', async () => {
    let connections = 0
    const server = createTcpServer((socket) => {
      const isFirst = ++connections === 1
      socket.on('data', () => (isFirst ? socket.resetAndDestroy() : socket.write(ok('7'))))
    })
    const line = lineTo(await listening(server))
    expect(await line.invoke(calling('getMovieById', [1], { idempotent: true }))).to.deep.equal({ value: 7 })
    expect(connections).to.equal(2)
  })

  it('gives up an idempotent call whose connection breaks three times', async () => {
    let connections = 0
    const server = createTcpServer((socket) => {
      connections++
      socket.on('data', () => socket.resetAndDestroy())
    })
    const line = lineTo(await listening(server))
    const error = await rejection(line.invoke(calling('getMovieById', [1], { idempotent: true })))
    expect(error).to.include({ code: 'unavailable', outcome: 'unknown' })
    expect(connections).to.equal(3)
  })

  it('does not forget that a call was sent when its repetition could not be', async () => {
    const server = createTcpServer((socket) => {
      server.close()
      socket.on('data', () => socket.resetAndDestroy())
    })
    const line = lineTo(await listening(server))
    const error = await rejection(line.invoke(calling('getMovieById', [1], { idempotent: true })))
    expect(error).to.include({ code: 'unavailable', outcome: 'unknown' })
    expect(error.message).to.contain('ECONNREFUSED').and.to.contain('it may have run')
    expect(line.status).to.equal('closed')
  })

  it('takes an answer without a body as nothing, and waits through informational ones', async () => {
    expect(await lineTo(await raw(ok(''))).invoke(calling('rent'))).to.deep.equal({ value: undefined })
    const early = `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${ok('1')}`
    expect(await lineTo(await raw(early)).invoke(calling('rent'))).to.deep.equal({ value: 1 })
  })

  it('understands a server that is not ours', async () => {
    const port = await http((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ path: request.url, verb: request.method, args: JSON.parse(body) }))
      })
    })
    const { value } = await lineTo(port).invoke(calling('getMovieById', [42]))
    expect(value).to.deep.equal({ path: '/movie/catalog/getMovieById', verb: 'POST', args: [42] })
  })

  it('sends the headers of the wire, and no more than it must', async () => {
    const seen: IncomingMessage[] = []
    const port = await http((request, response) => {
      seen.push(request)
      response.end('1')
    })
    const line = lineTo(port, { caller: 'web' })
    await line.invoke(
      calling('rent', [], { deadline: systemClock.now() + 1_000, attempt: 2, attachments: { lane: 'gray' } }),
    )
    const { deadline: _, ...timeless } = calling('rent')
    await line.invoke({ ...timeless, attempt: 1 })
    const [first, second] = seen.map(
      ({ headers: { host: _, connection: __, 'content-length': ___, ...headers } }) => headers,
    )
    expect(Number(first?.['connect-timeout-ms'])).to.be.within(900, 1_000)
    expect({ ...first, 'connect-timeout-ms': '' }).to.deep.equal({
      ...{ 'content-type': 'application/json', 'connect-timeout-ms': '', 'kq-caller': 'web' },
      ...{ 'kq-attempt': '2', baggage: 'lane=gray' },
    })
    expect(second).to.deep.equal({ 'content-type': 'application/json', 'kq-caller': 'web' })
  })

  it('keeps no timer once a call has ended, however it did', async () => {
    const clock = handClock()
    const { deadline: _, ...timeless } = calling('rent')
    const call = { ...timeless, deadline: 60_000 }
    await lineTo(await raw(ok('1')), { clock }).invoke(call)
    await rejection(lineTo(await raw('', (socket) => socket.end()), { clock }).invoke(call))
    const line = lineTo(await raw(''), { clock })
    const [aborting, late] = [new AbortController(), clock.now() + 50]
    const canceled = rejection(line.invoke({ ...call, signal: aborting.signal }))
    const expired = rejection(line.invoke({ ...call, deadline: late }))
    // One for both.
    expect(clock.pending).to.equal(1)
    aborting.abort()
    await clock.advance(50)
    expect((await canceled).code).to.equal('canceled')
    expect((await expired).code).to.equal('deadline_exceeded')
    expect(clock.pending).to.equal(0)
  })

  it('is closed from the first refused connection on, and open again when somebody listens', async () => {
    const port = await nobody()
    const line = lineTo(port, { rng: () => 1 })
    expect(line.status).to.equal('open')
    await rejection(line.invoke(calling('rent')))
    expect(line.status).to.equal('closed')
    await listening(
      createServer((_, response) => void response.end('1')),
      port,
    )
    await eventually(() => expect(line.status).to.equal('open'))
    expect(await line.invoke(calling('rent'))).to.deep.equal({ value: 1 })
  })

  it('asks nobody and keeps no timer while it is open, nor once it is disposed', async () => {
    const clock = handClock()
    const port = await nobody()
    const line = lineTo(port, { clock, rng: () => 0 })
    const { deadline: _, ...timeless } = calling('rent')
    expect(clock.pending).to.equal(0)
    await rejection(line.invoke(timeless))
    expect([line.status, clock.pending]).to.deep.equal(['closed', 1])
    await line[Symbol.asyncDispose]()
    expect(clock.pending).to.equal(0)
    expect(await rejection(line.invoke(timeless))).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(clock.pending).to.equal(0)
  })

  it('is closed from the first answer of a provider that leaves on, and open again for the next one at its address', async () => {
    const transport = { connect: httpConnect({ logger: silent }), listen: httpListen() }
    const first = await serving({ transport, instance: 'first' })
    const logger = recordingLogger()
    const line = lineTo(first.listener.port, { logger, rng: () => 0.2 })
    await line.invoke(calling('nothing'))
    first.listener.leave()
    await line.invoke(calling('nothing'))
    expect(line.status).to.equal('closed')
    await first[Symbol.asyncDispose]()
    const second = await serving({ transport, instance: 'second', port: first.listener.port })
    running.push(() => second[Symbol.asyncDispose]() as Promise<void>)
    await eventually(() => expect(line.status).to.equal('open'))
    expect(await line.invoke(calling('nothing'))).to.deep.equal({ value: null })
    expect(logger.lines).to.deep.equal([
      {
        level: 'info',
        facts: { peer: first.address, was: 'first', is: 'second' },
        message: 'another process answers at this address',
      },
    ])
  })

  it('fails a storm of calls on a closed port at once, and leaves nothing of it when the provider is back', async () => {
    const port = await nobody()
    const line = lineTo(port, { connections: 4 })
    const storm = await Promise.all(Array.from({ length: 100 }, () => rejection(line.invoke(calling('rent')))))
    for (const error of storm) expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    const sockets = new Set<Socket>()
    const server = createServer((_, response) => void response.end('1'))
    server.on('connection', (socket: Socket) => void sockets.add(socket).size)
    await listening(server, port)
    const calls = Array.from({ length: 100 }, () => line.invoke(calling('rent')))
    for (const reply of await Promise.all(calls)) expect(reply).to.deep.equal({ value: 1 })
    await line[Symbol.asyncDispose]()
    await eventually(() => expect([...sockets].every(({ closed }) => closed)).to.equal(true))
    expect(sockets.size).to.be.below(10)
  })

  it('refuses more calls at once than it was allowed', async () => {
    const movies = new Movies()
    const transport = { connect: httpConnect({ maxPending: 3, connections: 1, logger: silent }), listen: httpListen() }
    const { endpoint, ...rest } = await serving({ transport, services: [movies] })
    running.push(() => rest[Symbol.asyncDispose]() as Promise<void>)
    const calls = [1, 2, 3].map(() => endpoint.invoke(calling('slow', [50])))
    const error = await rejection(endpoint.invoke(calling('rent')))
    expect(error).to.include({ code: 'resource_exhausted', outcome: 'not-run' })
    expect(error.message).to.contain('3 calls to 127.0.0.1:').and.to.contain('slow down, or add providers')
    await Promise.all(calls)
    expect(await endpoint.invoke(calling('nothing'))).to.deep.equal({ value: null })
  })

  it('gives every call its own answer, canceled ones in between', async () => {
    const transport = { connect: httpConnect({ connections: 4, logger: silent }), listen: httpListen() }
    const current = await serving({ transport })
    running.push(() => current[Symbol.asyncDispose]() as Promise<void>)
    const calls = Array.from({ length: 400 }, async (_, i) => {
      const aborting = new AbortController()
      const call = current.endpoint.invoke(calling('echo', [i], { signal: aborting.signal }))
      if (i % 3 !== 0) return expect(await call).to.deep.equal({ value: [i] })
      setImmediate(() => aborting.abort())
      return await call.then(
        (reply) => expect(reply).to.deep.equal({ value: [i] }),
        (error: unknown) => expect(error).to.include({ code: 'canceled' }),
      )
    })
    await Promise.all(calls)
  })

  it('lets calls in flight finish when it is disposed, and leaves no connection', async () => {
    const movies = new Movies()
    const sockets = new Set<Socket>()
    const port = await listening(
      createServer((_, response) => void sleep(systemClock, 200).then(() => response.end('"done"'))).on(
        'connection',
        (socket: Socket) => void sockets.add(socket).size,
      ),
    )
    const line = lineTo(port)
    const inFlight = line.invoke(calling('slow'))
    await eventually(() => expect(sockets).to.have.length(1))
    const closed = line[Symbol.asyncDispose]()
    expect(await rejection(line.invoke(calling('rent')))).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(await inFlight).to.deep.equal({ value: 'done' })
    await closed
    await eventually(() => expect([...sockets].every(({ closed }) => closed)).to.equal(true))
    expect(movies.entered).to.deep.equal([])
  })

  for (const [name, bad] of [
    ['connections', 0],
    ['connections', 1_025],
    ['maxPending', 0.5],
    ['connectTimeoutMs', -1],
    ['maxAnswerBytes', 2 ** 31],
  ] as const) {
    it(`is not opened with ${name} of ${bad}`, () => {
      expect(() => httpConnect({ [name]: bad })).to.throw(RangeError, `${name} must be an integer from 1 to`)
    })
  }
})
