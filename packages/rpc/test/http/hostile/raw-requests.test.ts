import { connect } from 'node:net'
import { every, silent, systemClock } from '@kumquat/core'
import { httpConnect, httpListen } from '@kumquat/rpc'
import { expect } from 'chai'
import { Movies } from '../../movies.ts'
import { calling, type Serving, serving } from '../../serving.ts'
import { echo, raw } from './raw.ts'

describe('a provider that is sent bytes of any kind', () => {
  let current: Serving
  let movies: Movies
  before(async () => {
    movies = new Movies()
    const listen = httpListen({ headersTimeoutMs: 300, requestTimeoutMs: 400, maxHeaders: 20, maxHeaderBytes: 8_192 })
    current = await serving({ transport: { connect: httpConnect({ logger: silent }), listen }, services: [movies] })
  })
  after(() => current[Symbol.asyncDispose]())
  afterEach(async () => {
    expect((await current.endpoint.invoke(calling('echo', ['still here']))).value).to.deep.equal(['still here'])
  })

  const start =
    'POST /movie/catalog/rent HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n'
  const cases: readonly (readonly [what: string, bytes: string, status: number])[] = [
    ['two lengths that differ', `${start}content-length: 3\r\ncontent-length: 4\r\n\r\n[1] `, 400],
    ['two lengths that agree', `${start}content-length: 3\r\ncontent-length: 3\r\n\r\n[1]`, 400],
    ['two lengths in one', `${start}content-length: 3, 3\r\n\r\n[1]`, 400],
    [
      'a length and chunks',
      `${start}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n3\r\n[1]\r\n0\r\n\r\n`,
      400,
    ],
    [
      'chunks and a length',
      `${start}transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n3\r\n[1]\r\n0\r\n\r\n`,
      400,
    ],
    ['chunks that are not the last encoding', `${start}transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n`, 400],
    ['chunks twice', `${start}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['chunks in odd letters', `${start}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
    ['a space before the colon of chunks', `${start}transfer-encoding : chunked\r\n\r\n0\r\n\r\n`, 400],
    ['a folded header', `${start}x-a: one\r\n two\r\ncontent-length: 3\r\n\r\n[1]`, 400],
    ['a header that begins with a space', `${start} x-a: one\r\n\r\n`, 400],
    ['a header without a colon', `${start}x-a\r\n\r\n`, 400],
    ['a header without a name', `${start}: one\r\n\r\n`, 400],
    ['a zero byte in a header', `${start}x-a: a\0b\r\n\r\n`, 400],
    ['a lone carriage return', `${start}x-a: a\rb: c\r\n\r\n`, 400],
    ['a length below zero', `${start}content-length: -1\r\n\r\n`, 400],
    ['a length with a sign', `${start}content-length: +3\r\n\r\n[1]`, 400],
    ['a length in hex', `${start}content-length: 0x3\r\n\r\n[1]`, 400],
    ['a length that no number holds', `${start}content-length: 99999999999999999999999\r\n\r\n`, 400],
    ['a length above the limit', `${start}content-length: 1048577\r\n\r\n`, 413],
    ['a chunk of a size that is none', `${start}transfer-encoding: chunked\r\n\r\nzz\r\n[1]\r\n0\r\n\r\n`, 400],
    ['a chunk below zero', `${start}transfer-encoding: chunked\r\n\r\n-1\r\n[1]\r\n0\r\n\r\n`, 400],
    ['a chunk that is longer than it says', `${start}transfer-encoding: chunked\r\n\r\n2\r\n[1]\r\n0\r\n\r\n`, 400],
    ['no host', 'POST /movie/catalog/rent HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['no version', 'GET /\r\n\r\n', 404],
    ['a version to come', 'GET / HTTP/9.9\r\nhost: x\r\n\r\n', 400],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['a verb that is none', 'FETCH / HTTP/1.1\r\nhost: x\r\n\r\n', 400],
    ['a space in the path', 'POST /movie/catalog/re nt HTTP/1.1\r\nhost: x\r\n\r\n', 400],
    ['a path out of here', 'POST /../../etc/passwd HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404],
    ['a zero in the path', 'POST /movie/catalog/%00 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404],
    ['a whole URL for a path', 'POST http://evil.test/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404],
    ['a tunnel', 'CONNECT evil.test:443 HTTP/1.1\r\nhost: x\r\n\r\n', 0],
    ['a wish to leave HTTP', `${start}upgrade: websocket\r\ncontent-length: 0\r\n\r\n`, 200],
    [
      'a body for a probe',
      'GET /_kumquat/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n[]',
      200,
    ],
    ['an expectation that nobody fulfils', `${start}expect: the-unexpected\r\ncontent-length: 0\r\n\r\n`, 417],
    ['21 headers', `${start}${'x: y\r\n'.repeat(18)}\r\n`, 431],
    ['more than 8 192 bytes of headers', `${start}x: ${'y'.repeat(9_000)}\r\n\r\n`, 431],
    ['a line of more than 8 192 bytes', `POST /${'y'.repeat(9_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, 431],
    ['a body that does not come', `${start}content-length: 10\r\n\r\n[1`, 408],
    ['headers that do not end', start, 408],
    ['nothing', '', 408],
    ['an empty line', '\r\n', 408],
  ]
  for (const [what, bytes, status] of cases) {
    it(`answers ${what} with ${status || 'an end'}, and runs nothing`, async () => {
      movies.entered.length = 0
      const answer = await raw(current.listener.port, bytes)
      expect(answer.statuses, answer.text).to.deep.equal(status === 0 ? [] : [status])
      expect(answer.text).not.to.match(/\.ts|node_modules|\bat \w+ \(/)
      if (status >= 400 && !BARE.has(what))
        expect(answer.text).to.contain('"code":"').and.to.contain('"outcome":"not-run"')
      expect(movies.entered).to.deep.equal(status === 200 && bytes.includes('rent') ? ['rent'] : [])
    })
  }

  it('takes twenty headers, and 8 000 bytes of them', async () => {
    const headers = [...Array.from({ length: 14 }, (_, i) => `x-${i}: y`), `x-long: ${'y'.repeat(7_500)}`]
    expect((await raw(current.listener.port, echo('[1]', ...headers))).statuses).to.deep.equal([200])
  })

  it('answers requests that come all at once in their order, and never the one before what is none with its refusal', async () => {
    const request = (id: number): string => echo(`[${id}]`).replace('connection: close\r\n', '')
    const good = Array.from({ length: 50 }, (_, id) => request(id))
    const whole = await raw(current.listener.port, good.slice(1).join('') + echo('[0]'))
    expect(whole.statuses).to.deep.equal(Array.from({ length: 50 }, () => 200))
    expect(idsIn(whole.text)).to.deep.equal([...good.slice(1).keys()].map((id) => id + 1).concat(0))
    const { statuses, text } = await raw(current.listener.port, `${good.join('')}NONSENSE\r\n\r\n${request(99)}`)
    const answered = idsIn(text)
    expect(answered).to.deep.equal(answered.map((_, id) => id))
    // The refusal may follow, once every one before it has its answer.
    const refused = answered.length === good.length && statuses.at(-1) === 400 ? [400] : []
    expect(statuses).to.deep.equal([...answered.map(() => 200), ...refused])
    expect(text).not.to.contain('[99]')
  })

  it('runs no request that is hidden in the body of another', async () => {
    movies.entered.length = 0
    const hidden = 'POST /movie/catalog/rent HTTP/1.1\r\nhost: x\r\n\r\n'
    const { statuses } = await raw(current.listener.port, echo(JSON.stringify(hidden)))
    expect(statuses).to.deep.equal([200])
    expect(movies.entered).to.deep.equal([])
  })

  it('is not held up by a hundred clients that write a byte at a time', async () => {
    const { port } = current.listener
    const slow = Array.from({ length: 100 }, () => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      const bytes = echo('[1]')
      let at = 0
      const drip = every(systemClock, 50, () => void socket.write(bytes[at++ % bytes.length]!))
      return new Promise<void>((resolve) => {
        socket.on('close', () => {
          drip[Symbol.dispose]()
          resolve()
        })
        socket.resume()
      })
    })
    expect((await current.endpoint.invoke(calling('echo', [1]))).value).to.deep.equal([1])
    await Promise.all(slow)
  })

  it('gets over clients that go away in the middle', async () => {
    const gone = Array.from({ length: 50 }, (_, i) => {
      const socket = connect(current.listener.port, '127.0.0.1')
      socket.on('error', () => {})
      return new Promise<void>((resolve) => {
        socket.on('close', () => resolve())
        socket.write(echo('[1]').slice(0, 3 * i), () => (i % 2 ? socket.resetAndDestroy() : socket.end()))
        socket.resume()
      })
    })
    await Promise.all(gone)
  })
})

/** Whose answers come from Node itself, before we see them. */
const BARE: ReadonlySet<string> = new Set(['no host', 'an expectation that nobody fulfils'])

const idsIn = (text: string): readonly number[] => [...text.matchAll(/^\[(\d+)\]/gm)].map(([, id]) => Number(id))
