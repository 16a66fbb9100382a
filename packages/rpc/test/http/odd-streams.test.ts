import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type Endpoint, providerRecord, RpcError, type StreamInvocation, silent } from '@kumquat/core'
import { eventually, handClock } from '@kumquat/core/testing'
import { type HttpConnectOptions, httpConnect, httpListen } from '@kumquat/rpc'
import { expect } from 'chai'
import { serving } from '../serving.ts'
import { Feeds } from '../stream-trials/feeds.ts'
import { all, failing } from '../stream-trials/stream-stage.ts'

const LINES = { 'content-type': 'application/x-ndjson' }

const streaming = (method = 'count', args: readonly unknown[] = [1]): StreamInvocation => ({
  service: { app: 'trial', group: 'feeds' },
  ...{ method, args, attachments: {}, idempotent: false, stream: 'server' },
})

describe('a stream over HTTP, from whomever', () => {
  const running: AsyncDisposable[] = []
  const sockets = new Set<Socket>()
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one[Symbol.asyncDispose]()
    sockets.clear()
  })

  /** A server that answers so, and a line to it. */
  async function answering(
    answer: (response: ServerResponse, request: IncomingMessage) => void,
    options: HttpConnectOptions = {},
  ): Promise<Endpoint> {
    const server: Server = createServer((request, response) => answer(response, request))
    server.on('connection', (socket) => sockets.add(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const connect = httpConnect({ logger: silent, connectTimeoutMs: 10_000, ...options })
    const endpoint = connect(providerRecord({ host: '127.0.0.1', port }))
    running.push({
      async [Symbol.asyncDispose]() {
        await endpoint[Symbol.asyncDispose]()
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      },
    })
    return endpoint
  }

  const answered = (head: Record<string, string>, body: string) => (response: ServerResponse) =>
    void response.writeHead(200, head).end(body)

  it('is unavailable where the answer ends and the stream does not', async () => {
    const { stream } = await answering(answered(LINES, '{"item":1}\n{"item":2}\n'))
    const { items, error } = await failing(stream!(streaming()))
    expect(items).to.deep.equal([1, 2])
    expect(error).to.include({ code: 'unavailable', outcome: 'unknown' })
    expect(String(error)).to.contain('trial/feeds/count at 127.0.0.1:').and.to.contain('cut off before its end')
  })

  it('gives out no item of which a part is missing', async () => {
    const { stream } = await answering(answered(LINES, '{"item":1}\n{"item":"a'))
    const { items, error } = await failing(stream!(streaming()))
    expect(items).to.deep.equal([1])
    expect(error).to.include({ code: 'unavailable', outcome: 'unknown' })
  })

  for (const line of ['oops', '[]', '7', 'null', '{}', '{"Item":1}']) {
    it(`is internal where a line is ${line}`, async () => {
      const { stream } = await answering(answered(LINES, `{"item":1}\n${line}\n{"end":{}}\n`))
      const { items, error } = await failing(stream!(streaming()))
      expect(items).to.deep.equal([1])
      expect(error).to.include({ code: 'internal' })
      expect(String(error)).to.contain('none of a stream')
    })
  }

  for (const said of ['{}', '[]', '"no"', 'null', '{"code":"nonsense"}']) {
    it(`is an error, though of no known code, where it ends with ${said}`, async () => {
      const { stream } = await answering(answered(LINES, `{"error":${said}}\n`))
      expect((await failing(stream!(streaming()))).error).to.be.instanceOf(RpcError)
    })
  }

  it('skips empty lines, and whatever comes after the end', async () => {
    const { stream } = await answering(answered(LINES, '\n{"item":1}\n\n\n{"end":{}}\n{"item":2}\n'))
    expect(await all(stream!(streaming()))).to.deep.equal([1])
  })

  it('is internal where the answer is no stream', async () => {
    const { stream } = await answering(answered({ 'content-type': 'application/json' }, '[1]'))
    const { items, error } = await failing(stream!(streaming()))
    expect(items).to.deep.equal([])
    expect(error).to.include({ code: 'internal' })
    expect(String(error)).to.contain('answered what is no stream')
  })

  it('carries the status of a proxy in between', async () => {
    const { stream } = await answering((response) => void response.writeHead(502).end('bad gateway'))
    expect((await failing(stream!(streaming()))).error).to.include({ code: 'unavailable', outcome: 'unknown' })
  })

  it('is over when nothing at all has come for its time, while somebody waits', async () => {
    const clock = handClock()
    const { stream } = await answering((response) => void response.writeHead(200, LINES).write('{"item":1}\n'), {
      clock,
      streamIdleMs: 1_000,
    })
    const iterator = stream!(streaming())[Symbol.asyncIterator]()
    await iterator.next()
    const waiting = iterator.next().catch((error: unknown) => error)
    await clock.advance(999)
    expect(await Promise.race([waiting, 'still waiting'])).to.equal('still waiting')
    await clock.advance(1)
    expect(await waiting).to.include({ code: 'unavailable', outcome: 'unknown' })
    expect(String(await waiting)).to.contain('silent for 1000 ms')
  })

  it('reads no further than it is read, and is not taken for silent meanwhile', async () => {
    const clock = handClock()
    let written = 0
    const { stream } = await answering(
      (response) => {
        response.writeHead(200, LINES)
        const line = `{"item":"${'x'.repeat(65_536)}"}\n`
        const write = (): void => {
          do written++
          while (response.write(line))
        }
        response.on('drain', write)
        write()
      },
      { clock, streamIdleMs: 1_000 },
    )
    const iterator = stream!(streaming())[Symbol.asyncIterator]()
    await iterator.next()
    let before = 0
    await eventually(
      () => {
        const earlier = before
        before = written
        expect(earlier).to.equal(written)
      },
      { everyMs: 100 },
    )
    expect(written).to.be.lessThan(400)
    await clock.advance(5_000)
    expect((await iterator.next()).done).to.equal(false)
    await iterator.return?.()
  })

  it('has as many streams of one provider as it may, and calls besides', async () => {
    const held = new Set<ServerResponse>()
    const { invoke, stream } = await answering(
      (response, { headers }) => {
        if (headers.accept === undefined) return void response.writeHead(200).end('"called"')
        held.add(response)
        response.writeHead(200, LINES).write('{"item":1}\n')
      },
      { maxStreams: 2, connections: 1 },
    )
    const open = [1, 2].map(() => stream!(streaming())[Symbol.asyncIterator]())
    for (const iterator of open) await iterator.next()
    const { error } = await failing(stream!(streaming()))
    expect(error).to.include({ code: 'resource_exhausted', outcome: 'not-run' })
    expect(String(error)).to.contain('2 streams of 127.0.0.1:').and.to.contain('maxStreams')
    const { stream: _, ...call } = streaming()
    expect(await invoke(call)).to.deep.equal({ value: 'called' })
    await open[0]!.return?.()
    const third = stream!(streaming())[Symbol.asyncIterator]()
    expect((await third.next()).value).to.equal(1)
    for (const iterator of [open[1]!, third]) await iterator.return?.()
  })

  it('keeps its connection for the next one when it was read to its end, and closes it otherwise', async () => {
    const { stream } = await answering(answered(LINES, '{"item":1}\n{"end":{}}\n'))
    for (let n = 0; n < 10; n++) {
      await all(stream!(streaming()))
      // For the end of the answer, which comes after that of the stream.
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(sockets.size).to.be.lessThan(10)
    const iterator = stream!(streaming())[Symbol.asyncIterator]()
    await iterator.next()
    await iterator.return?.()
    await eventually(() => expect([...sockets].every(({ destroyed }) => destroyed)).to.equal(true))
  })

  it('asks as its reference page says', async () => {
    let seen: IncomingMessage['headers'] = {}
    const { stream } = await answering((response, { headers }) => {
      seen = headers
      answered(LINES, '{"end":{}}\n')(response)
    })
    await all(stream!(streaming()))
    expect(seen).to.include({ accept: 'application/x-ndjson', 'content-type': 'application/json' })
    expect(seen).not.to.have.property('connect-timeout-ms')
  })

  for (const [name, value] of [
    ['maxStreams', 0],
    ['maxStreams', 10_001],
    ['maxItemBytes', 0],
    ['maxItemBytes', 2 ** 30 + 1],
    ['streamIdleMs', 999],
    ['streamIdleMs', 86_400_001],
  ] as const) {
    it(`refuses ${name} ${value}`, () => {
      expect(() => httpConnect({ [name]: value })).to.throw(RangeError, new RegExp(`${name} must be .* got ${value}`))
    })
  }
})

describe('a provider that streams over HTTP', () => {
  let feeds: Feeds
  let address: string
  let running: AsyncDisposable
  const clock = handClock({ startMs: 1_000 })
  beforeEach(async () => {
    feeds = new Feeds()
    const transport = { connect: httpConnect({ logger: silent }), listen: httpListen() }
    const own = await serving({ transport, services: [feeds], clock })
    running = own
    address = own.address
  })
  afterEach(async () => {
    feeds.release()
    await running[Symbol.asyncDispose]()
  })
  const post = (method: string, body: unknown, accept?: string): Promise<Response> =>
    fetch(`http://${address}/trial/feeds/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(accept !== undefined && { accept }) },
      body: JSON.stringify(body),
    })

  it('answers with a line for each item, and one for the end', async () => {
    for (const accept of ['application/x-ndjson', '*/*']) {
      const response = await post('count', [2], accept)
      expect(response.headers.get('content-type')).to.equal('application/x-ndjson')
      expect(response.headers.get('kq-instance')).to.equal('instance-1')
      expect(response.headers.get('kq-load')).to.match(/inflight=1$/)
      expect(await response.text()).to.equal('{"item":0}\n{"item":1}\n{"end":{}}\n')
    }
  })

  it('answers what fails at once with a status, and what fails later with a line', async () => {
    const early = await post('refusing', [0])
    expect([early.status, ((await early.json()) as { code: string }).code]).to.deep.equal([404, 'not_found'])
    const lines = (await (await post('refusing', [1])).text()).split('\n')
    expect(lines[0]).to.equal('{"item":0}')
    const { error } = JSON.parse(lines[1]!) as { error: object }
    expect(error).to.include({ code: 'not_found', outcome: 'ran', service: 'trial/feeds', method: 'refusing' })
  })

  it('shows that it lives while a stream has nothing to say', async () => {
    const response = await post('held', [])
    const reader = response.body!.getReader()
    const read = async (): Promise<string> => Buffer.from((await reader.read()).value!).toString()
    expect(await read()).to.equal('{"item":"first"}\n')
    await clock.advance(14_999)
    const next = read()
    await clock.advance(1)
    expect(await next).to.equal('\n')
    feeds.release()
    expect(await read()).to.contain('{"item":"last"}\n')
  })

  it('counts streams among what is in flight until their end', async () => {
    const response = await post('held', [])
    const inFlight = async (): Promise<string> => {
      // Not with every answer on one connection.
      await clock.advance(100)
      const other = await post('plain', [])
      await other.text()
      return other.headers.get('kq-load')!.split('inflight=')[1]!
    }
    expect(await inFlight()).to.equal('2')
    feeds.release()
    await response.text()
    await eventually(async () => expect(await inFlight()).to.equal('1'))
  })

  it('refuses a stream in the body, and one of a call', async () => {
    for (const [method, accept] of [
      ['sum', '*/*'],
      ['double', 'application/x-ndjson'],
      ['plain', 'application/x-ndjson'],
    ] as const) {
      const response = await post(method, [1], accept)
      expect(response.status).to.equal(501)
      expect(await response.json()).to.include({ code: 'unimplemented', outcome: 'not-run' })
    }
    expect(feeds.events).to.deep.equal([])
  })
})
