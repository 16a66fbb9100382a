import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { RpcError, silent } from '@kumquat/core'
import { eventually, handClock, recordingLogger, recordingObserver } from '@kumquat/core/testing'
import { defineService, type HttpListenOptions, httpConnect, httpListen, implement, method } from '@kumquat/rpc'
import { expect } from 'chai'
import { Movies } from '../movies.ts'
import { rejection } from '../rejection.ts'
import { calling, type Serving, type ServingOptions, serving } from '../serving.ts'

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: unknown
}

describe('a provider on HTTP', () => {
  let current: Serving
  const begin = async (options: Partial<ServingOptions> = {}, limits: HttpListenOptions = {}): Promise<Serving> => {
    const transport = { connect: httpConnect({ logger: silent }), listen: httpListen(limits) }
    current = await serving({ transport, ...options })
    return current
  }
  afterEach(() => current[Symbol.asyncDispose]())

  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`http://${current.address}${path}`, init)
    const text = await response.text()
    return { status: response.status, headers: response.headers, json: text === '' ? undefined : JSON.parse(text) }
  }
  const post = (name: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> =>
    ask(`/movie/catalog/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body }),
    })
  const open = async (): Promise<Socket> => {
    const socket = connect(current.listener.port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    return socket
  }

  describe('reads arguments', () => {
    for (const [what, body, args] of [
      ['an array as positional ones', '[1, "a", null, [2]]', [1, 'a', null, [2]]],
      ['an object as the one', '{"id": 1}', [{ id: 1 }]],
      ['a string as the one', '"seven"', ['seven']],
      ['null as the one', 'null', [null]],
      ['an empty array as none', '[]', []],
      ['an empty body as none', '', []],
    ] as const) {
      it(`from ${what}`, async () => {
        await begin()
        expect(await post('echo', body)).to.deep.include({ status: 200, json: args })
      })
    }
    it('from no body and no content type as none', async () => {
      await begin()
      expect(await ask('/movie/catalog/echo', { method: 'POST' })).to.deep.include({ status: 200, json: [] })
    })
    it('from JSON that says its charset', async () => {
      await begin()
      const answer = await post('echo', '["ä"]', { 'content-type': 'application/json; charset=utf-8' })
      expect(answer.json).to.deep.equal(['ä'])
    })
    it('with a query that means nothing', async () => {
      await begin()
      expect((await post('echo?a=b', '[1]')).json).to.deep.equal([1])
    })
  })

  describe('answers', () => {
    it('with JSON, who it is, how busy it is, and how long it took', async () => {
      await begin({ instance: 'instance-7' })
      const { status, headers, json } = await post('getMovieById', '[42]')
      expect([status, json]).to.deep.equal([200, { id: 42, title: 'Movie 42' }])
      expect(headers.get('content-type')).to.equal('application/json')
      expect(headers.get('kq-instance')).to.equal('instance-7')
      expect(headers.get('kq-load')).to.match(/^elu=[01]\.\d\d, inflight=1$/)
      expect(headers.get('server-timing')).to.match(/^total;dur=\d+(\.\d{1,3})?$/)
      expect(headers.get('kq-closing')).to.equal(null)
      expect(headers.get('keep-alive')).to.equal('timeout=75')
    })

    it('who it is and how busy, with the first on a connection, with one in a tenth of a second, and with each error', async () => {
      const clock = handClock()
      await begin({ instance: 'instance-7', clock })
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const said = async (name: string): Promise<readonly [number | undefined, boolean, boolean]> => {
        const options = { agent, method: 'POST', headers: { 'content-type': 'application/json' } }
        const asked = request(`http://${current.address}/movie/catalog/${name}`, options).end('[42]')
        const [answer] = (await once(asked, 'response')) as [IncomingMessage]
        await once(answer.resume(), 'end')
        const { statusCode, headers } = answer
        return [statusCode, headers['kq-instance'] === 'instance-7', headers['kq-load'] !== undefined]
      }
      expect(await said('getMovieById')).to.deep.equal([200, true, true])
      expect(await said('getMovieById')).to.deep.equal([200, false, false])
      await clock.advance(99)
      expect(await said('getMovieById')).to.deep.equal([200, false, false])
      await clock.advance(1)
      expect(await said('getMovieById')).to.deep.equal([200, true, true])
      expect(await said('nobody')).to.deep.equal([501, true, true])
      agent.destroy()
    })

    it('null for nothing', async () => {
      await begin()
      expect(await post('nothing')).to.deep.include({ status: 200, json: null })
    })

    it('errors as Connect writes them, and what we add', async () => {
      await begin()
      const { status, headers, json } = await post('refuse')
      expect(status).to.equal(404)
      expect(headers.get('content-type')).to.equal('application/json')
      expect(json).to.deep.equal({
        ...{ code: 'not_found', message: 'no such movie', details: [{ type: 'movie', value: 'x' }] },
        ...{ outcome: 'ran', service: 'movie/catalog', method: 'refuse', retryable: true, retryAfterMs: 50 },
      })
    })

    it('the message of an error that is no RpcError only if the service says so, its stack never', async () => {
      await begin()
      expect(JSON.stringify((await post('fail')).json))
        .not.to.contain('1234')
        .and.not.to.contain('.ts')
      await current[Symbol.asyncDispose]()
      const open = defineService({ app: 'movie', group: 'catalog', exposeErrors: true, methods: { fail: method() } })
      await begin({ services: [implement(open, { fail: () => new Movies().fail() })] })
      const { status, json } = await post('fail')
      expect(status).to.equal(500)
      expect(json).to.include({ code: 'unknown', outcome: 'ran' })
      expect(JSON.stringify(json)).to.contain('the password is 1234').and.not.to.contain('.ts')
    })

    it('every status of a code', async () => {
      const codes = defineService({
        ...{ app: 'movie', group: 'catalog' },
        methods: { fail: method<(code: RpcError['code']) => never>() },
      })
      const fail = (code: RpcError['code']): never => {
        throw new RpcError(code, code)
      }
      await begin({ services: [implement(codes, { fail })] })
      for (const [code, status] of [
        ['canceled', 499],
        ['invalid_argument', 400],
        ['deadline_exceeded', 504],
        ['not_found', 404],
        ['already_exists', 409],
        ['permission_denied', 403],
        ['resource_exhausted', 429],
        ['failed_precondition', 400],
        ['aborted', 409],
        ['out_of_range', 400],
        ['unimplemented', 501],
        ['internal', 500],
        ['unavailable', 503],
        ['data_loss', 500],
        ['unauthenticated', 401],
      ] as const) {
        expect((await post('fail', `["${code}"]`)).status, code).to.equal(status)
      }
    })
  })

  describe('refuses, before a method is entered,', () => {
    const json = { 'content-type': 'application/json' }
    const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
    const refusals: readonly [
      what: string,
      request: RequestInit & { readonly path?: string },
      status: number,
      code: string,
      message: string,
    ][] = [
      ['another verb', { method: 'GET' }, 405, 'unimplemented', 'GET /movie/catalog/echo: a call is a POST'],
      ['a DELETE', { method: 'DELETE' }, 405, 'unimplemented', 'a call is a POST'],
      [
        'text',
        { method: 'POST', body: '[1]', headers: { 'content-type': 'text/plain' } },
        415,
        'invalid_argument',
        '"text/plain" is not understood: send application/json',
      ],
      [
        'a form',
        { method: 'POST', body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
        415,
        'invalid_argument',
        'x-www-form-urlencoded',
      ],
      [
        'a content type that is none',
        { method: 'POST', body: '[1]', headers: { 'content-type': 'json' } },
        415,
        'invalid_argument',
        '"json"',
      ],
      ['half a JSON text', { method: 'POST', body: '[1, ', headers: json }, 400, 'invalid_argument', 'is not JSON'],
      [
        'a key __proto__',
        { method: 'POST', body: '[{"__proto__": {"admin": true}}]', headers: json },
        400,
        'invalid_argument',
        '__proto__',
      ],
      [
        'a key constructor',
        { method: 'POST', body: '[{"constructor": {"prototype": {}}}]', headers: json },
        400,
        'invalid_argument',
        'constructor',
      ],
      [
        '65 levels of JSON',
        { method: 'POST', body: nested(65), headers: json },
        400,
        'invalid_argument',
        'nests deeper than 64 levels',
      ],
      [
        'more than the limit',
        { method: 'POST', body: `["${'x'.repeat(5_000)}"]`, headers: json },
        413,
        'resource_exhausted',
        'larger than 4096 bytes, the limit of this provider',
      ],
      [
        'a time that is none',
        { method: 'POST', headers: { 'connect-timeout-ms': 'soon' } },
        400,
        'invalid_argument',
        'connect-timeout-ms: "soon"',
      ],
      [
        'what has expired',
        { method: 'POST', headers: { 'connect-timeout-ms': '0' } },
        504,
        'deadline_exceeded',
        'movie/catalog/echo was not run',
      ],
      [
        'an unknown method',
        { path: '/movie/catalog/ehco', method: 'POST' },
        501,
        'unimplemented',
        'did you mean "echo"?',
      ],
      [
        'an unknown service',
        { path: '/movie/catalogs/echo', method: 'POST' },
        501,
        'unimplemented',
        'did you mean "movie/catalog"?',
      ],
      [
        'a path of two parts',
        { path: '/movie/catalog', method: 'POST' },
        404,
        'unimplemented',
        'calls are POST /<app>/<group>/<method>',
      ],
      ['a path of nothing', { path: '/', method: 'GET' }, 404, 'unimplemented', 'GET / leads nowhere'],
      [
        'a path that cannot be decoded',
        { path: '/movie/catalog/%', method: 'POST' },
        400,
        'invalid_argument',
        'could not be read',
      ],
      ['a POST to a probe', { path: '/_kumquat/ready', method: 'POST' }, 405, 'unimplemented', 'only read'],
      ['other paths of its own', { path: '/_kumquat/other', method: 'GET' }, 404, 'unimplemented', 'leads nowhere'],
    ]
    for (const [what, { path = '/movie/catalog/echo', ...request }, status, code, message] of refusals) {
      it(what, async () => {
        const movies = new Movies()
        await begin({ services: [movies], maxBodyBytes: 4_096 })
        const answer = await ask(path, request)
        expect(answer.status).to.equal(status)
        expect(answer.headers.get('content-type')).to.equal('application/json')
        expect(answer.json).to.include({ code, outcome: 'not-run' })
        expect((answer.json as { message: string }).message).to.contain(message)
        if (status === 405) expect(answer.headers.get('allow')).to.equal(path.startsWith('/_') ? 'GET, HEAD' : 'POST')
        expect(movies.entered).to.deep.equal([])
      })
    }

    it('a body that does not say its size and goes beyond the limit', async () => {
      await begin({ maxBodyBytes: 4_096 })
      const body = new ReadableStream({
        pull(controller) {
          controller.enqueue(Buffer.from('['.repeat(3_000)))
        },
      })
      const request = { method: 'POST', body, duplex: 'half', headers: json } as RequestInit
      expect((await ask('/movie/catalog/echo', request)).status).to.equal(413)
    })

    it('64 levels of JSON not', async () => {
      await begin()
      expect((await post('echo', nested(64))).status).to.equal(200)
    })

    it('half a megabyte of brackets, without the work of parsing it', async () => {
      await begin()
      const { json: body } = await post('echo', '['.repeat(500_000))
      expect(body).to.include({ code: 'invalid_argument' })
    })
  })

  it('tells a caller of ours that what it sent is too much, in time for it to hear', async () => {
    await begin()
    for (const megabytes of [1.1, 2, 8]) {
      const error = await rejection(current.endpoint.invoke(calling('echo', ['x'.repeat(megabytes * 2 ** 20)])))
      expect(error).to.include({ code: 'resource_exhausted', outcome: 'not-run' })
      expect(error.message).to.contain('larger than 1048576 bytes')
    }
  })

  it('ends a call of any client at the time it says', async () => {
    const movies = new Movies()
    await begin({ services: [movies] })
    const { status, json } = await post('slow', '[60000]', { 'connect-timeout-ms': '100' })
    expect(status).to.equal(504)
    expect(json).to.include({ code: 'deadline_exceeded', outcome: 'unknown' })
    expect(movies.entered[0]).to.equal('slow')
  })

  describe('is asked', () => {
    it('whether it lives and whether it is ready', async () => {
      await begin({ instance: 'instance-7' })
      for (const [path, status] of [
        ['/_kumquat/live', 'live'],
        ['/_kumquat/ready', 'ready'],
      ] as const) {
        const answer = await ask(path)
        expect(answer).to.deep.include({ status: 200, json: { status } })
        expect(answer.headers.get('kq-instance')).to.equal('instance-7')
      }
      current.listener.leave()
      expect((await ask('/_kumquat/live')).status).to.equal(200)
      const leaving = await ask('/_kumquat/ready')
      expect(leaving).to.deep.include({ status: 503, json: { status: 'leaving' } })
      expect(leaving.headers.get('kq-closing')).to.equal('1')
    })

    it('for what it counted, fresh each time', async () => {
      let asked = 0
      await begin({ stats: () => ({ asked: ++asked }) })
      expect((await ask('/_kumquat/stats')).json).to.deep.equal({ asked: 1 })
      expect((await ask('/_kumquat/stats')).json).to.deep.equal({ asked: 2 })
    })

    it('for nothing when it counts nothing', async () => {
      await begin()
      expect(await ask('/_kumquat/stats')).to.deep.include({ status: 200, json: {} })
    })

    it('for what it cannot say, without giving away why', async () => {
      await begin({
        stats: () => {
          throw new Error('the password is 1234')
        },
      })
      const { status, json } = await ask('/_kumquat/stats')
      expect([status, JSON.stringify(json).includes('1234')]).to.deep.equal([500, false])
      expect(json).to.include({ code: 'internal' })
    })

    it('without that counting as a call', async () => {
      const observer = recordingObserver()
      await begin({ observer })
      const before = current.listener.lastCallAt
      await ask('/_kumquat/ready')
      expect(current.listener.lastCallAt).to.equal(before)
      expect(observer.starts).to.deep.equal([])
    })
  })

  it('takes a check that throws for a refusal, and tells the log', async () => {
    const logger = recordingLogger()
    const check = (id: unknown): true => (id as { movie: { id: true } }).movie.id
    const contract = defineService({ app: 'movie', group: 'catalog', methods: { get: method({ check }) } })
    await begin({ services: [implement(contract, { get: () => 1 })], logger })
    const { status, json } = await post('get', '[{}]')
    expect(status).to.equal(400)
    expect(json).to.include({
      ...{ code: 'invalid_argument', outcome: 'not-run' },
      message: 'movie/catalog/get: these are not arguments of this method; it was called with [{}]',
    })
    expect(logger.lines).to.have.length(1)
  })

  it('hides what a filter threw, and tells the log', async () => {
    const logger = recordingLogger()
    const broken = () => () => Promise.reject(new Error('the password is 1234'))
    await begin({ logger, filters: [broken] })
    const { status, json } = await post('nothing')
    expect(status).to.equal(500)
    expect(json).to.include({ code: 'internal', message: 'the provider failed; the reason is in its log' })
    expect(logger.lines[0]).to.include({ level: 'error', message: 'serving a call failed' })
  })

  it('tells callers that it leaves, and closes their connections', async () => {
    await begin()
    current.listener.leave()
    const { headers, status } = await post('nothing')
    expect(status).to.equal(200)
    expect(headers.get('kq-closing')).to.equal('1')
    expect(headers.get('connection')).to.equal('close')
  })

  it('counts what it refuses, without the names that callers make up', async () => {
    const observer = recordingObserver()
    await begin({ observer, maxBodyBytes: 4_096 })
    await post('echo', 'x'.repeat(5_000), { 'kq-caller': 'web', baggage: 'lane=gray' })
    await post('made-up-1')
    await ask('/made/up/2', { method: 'POST' })
    await ask('/made-up-3')
    const served = observer.ends.map(({ kind, service, method, code }) => [
      kind,
      `${service.app}/${service.group}`,
      method,
      code,
    ])
    expect(served).to.deep.equal([
      ['served', 'movie/catalog', 'echo', 'resource_exhausted'],
      ['served', 'unknown/unknown', 'unknown', 'unimplemented'],
      ['served', 'unknown/unknown', 'unknown', 'unimplemented'],
      ['served', 'unknown/unknown', 'unknown', 'unimplemented'],
    ])
    expect(observer.ends[0]).to.include({ caller: 'web', lane: 'gray' })
  })

  describe('does not wait for ever', () => {
    it('for headers', async () => {
      await begin({}, { headersTimeoutMs: 100, requestTimeoutMs: 200 })
      const socket = await open()
      socket.write('POST /movie/catalog/echo HTTP/1.1\r\nhost: x\r\n')
      socket.resume()
      await once(socket, 'close')
    })
    it('for a body', async () => {
      await begin({}, { headersTimeoutMs: 100, requestTimeoutMs: 200 })
      const socket = await open()
      socket.write(
        'POST /movie/catalog/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n[',
      )
      socket.resume()
      await once(socket, 'close')
    })
    it('for another request', async () => {
      await begin({}, { keepAliveTimeoutMs: 100 })
      const socket = await open()
      socket.write('POST /movie/catalog/nothing HTTP/1.1\r\nhost: x\r\n\r\n')
      const [answer] = (await once(socket, 'data')) as [Buffer]
      expect(answer.toString()).to.match(/^HTTP\/1.1 200/)
      await once(socket, 'close')
    })
  })

  it('takes no more connections than it was allowed', async () => {
    await begin({}, { maxConnections: 1 })
    const first = await open()
    const second = connect(current.listener.port, '127.0.0.1')
    second.on('error', () => {})
    second.resume()
    await once(second, 'close')
    first.destroy()
  })

  it('answers what is no HTTP, and goes on', async () => {
    await begin()
    const socket = await open()
    socket.write('EHLO example\r\n\r\n')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).to.match(/^HTTP\/1.1 400/)
    expect((await post('nothing')).status).to.equal(200)
  })

  it('leaves nothing behind when the port is in use', async () => {
    await begin()
    const port = current.listener.port
    const transport = { connect: httpConnect(), listen: httpListen() }
    const error = await rejection(serving({ transport, port }))
    expect(error).to.include({ code: 'failed_precondition', outcome: 'not-run' })
    expect(error.message).to.contain(`cannot listen on port ${port} of 127.0.0.1: it is in use; stop the process`)
    await current[Symbol.asyncDispose]()
    await begin({ port })
    expect((await post('nothing')).status).to.equal(200)
  })

  it('answers a request that comes on an open connection after it has stopped to listen', async () => {
    const movies = new Movies()
    await begin({ services: [movies] })
    const socket = await open()
    const busy = post('slow', '[300]')
    await eventually(() => expect(movies.entered).to.deep.equal(['slow']))
    socket.write('POST /movie/catalog/nothing HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(socket, 'data')
    const closed = current.listener.close(5_000)
    const refused = await rejection(
      httpConnect({ logger: silent })({ id: current.address } as never).invoke(calling('nothing')),
    )
    expect(refused).to.include({ code: 'unavailable', outcome: 'not-run' })
    socket.write('POST /movie/catalog/rent HTTP/1.1\r\nhost: x\r\n\r\n')
    const [late] = (await once(socket, 'data')) as [Buffer]
    expect(late.toString()).to.match(/^HTTP\/1.1 503 [\s\S]*"outcome":"not-run"/)
    expect((await busy).json).to.equal('done')
    await closed
    expect(movies.entered).to.deep.equal(['slow', 'slow done'])
  })
})
