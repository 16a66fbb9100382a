import { once } from 'node:events'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls'
import { type Filter, providerRecord, type Reply, silent } from '@kumquat/core'
import { eventually, recordingLogger } from '@kumquat/core/testing'
import {
  type ConnectTls,
  consumer,
  httpConnect,
  httpListen,
  httpProbe,
  type ListenTls,
  provider,
  type ServedCall,
} from '@kumquat/rpc'
import { MemoryTree, memory } from '@kumquat/rpc/testing'
import { expect } from 'chai'
import { type Authority, authority, type Pair } from '../certificates.ts'
import { Movies } from '../movies.ts'
import { rejection } from '../rejection.ts'
import { calling, type Serving, type ServingOptions, serving } from '../serving.ts'
import { transportContract } from '../transport-contract.ts'

describe('HTTP in TLS', () => {
  let ours: Authority
  let others: Authority
  let server: Pair
  let client: Pair
  let current: Serving | undefined
  before(async () => {
    ours = await authority()
    others = await authority()
    server = await ours.issue('movies', 'IP:127.0.0.1,DNS:movies.test')
    client = await ours.issue('web', 'DNS:web.test,URI:spiffe://shop/web')
  })
  after(async () => {
    await ours[Symbol.asyncDispose]()
    await others[Symbol.asyncDispose]()
  })
  afterEach(async () => {
    await current?.[Symbol.asyncDispose]()
    current = undefined
  })

  const begin = async (
    there: Partial<ListenTls> = {},
    here: ConnectTls = {},
    more: Partial<ServingOptions> = {},
  ): Promise<Serving> => {
    const transport = {
      connect: httpConnect({ tls: { ca: ours.ca, ...here }, logger: silent, connectTimeoutMs: 2_000 }),
      listen: httpListen({ tls: { ...server, ...there } }),
    }
    current = await serving({ transport, ...more })
    return current
  }
  /** Keeps who called. */
  const seen: ServedCall['remote'][] = []
  const watching: Filter<ServedCall, Reply> = (next) => (call) => {
    seen.push(call.remote)
    return next(call)
  }
  const issuedTo = async (): Promise<{ socket: TLSSocket; certificate: PeerCertificate }> => {
    const socket = connectTls({ host: '127.0.0.1', port: current!.listener.port, rejectUnauthorized: false })
    socket.on('error', () => {})
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    return { socket, certificate: socket.getPeerCertificate() }
  }

  describe('', () => {
    transportContract('HTTPS', (options) => ({
      // Many shake hands at once, and both ends are in this process.
      connect: httpConnect({ ...options, connectTimeoutMs: 10_000, logger: silent, tls: { ca: ours.ca } }),
      listen: httpListen({ tls: server }),
    }))
  })

  it('is what the record says, so that consumers speak it', async () => {
    const tree = new MemoryTree()
    const registry = memory({ tree })
    const listen = httpListen({ tls: server })
    const one = await provider({ registry, services: [new Movies()], listen, quietMs: 0, signals: [] })
    await using calls = await consumer({ registry, connect: httpConnect({ tls: { ca: ours.ca }, logger: silent }) })
    expect(await calls.client(Movies).getMovieById(7)).to.include({ id: 7 })
    const service = { app: 'movie', group: 'catalog' }
    expect(calls.peers(service).current.map(({ record }) => record.transports)).to.deep.equal([['https']])
    await one.stop()
    await registry[Symbol.asyncDispose]()
  })

  it('takes PEM itself as well as files', async () => {
    const [cert, key] = [await readFile(server.cert, 'utf8'), await readFile(server.key, 'utf8')]
    const { endpoint } = await begin({ cert, key }, { ca: await readFile(ours.ca, 'utf8') })
    expect((await endpoint.invoke(calling('nothing'))).value).to.equal(null)
  })

  describe('refuses, and nothing has run:', () => {
    for (const [what, there, here, message] of [
      ['a provider of another authority', {}, () => ({ ca: others.ca }), 'its certificate is not believed'],
      ['a provider of another name', {}, () => ({ serverName: 'music.test' }), 'its certificate is not believed'],
      [
        'a caller without a certificate',
        () => ({ clientCertificate: 'required' as const, ca: ours.ca }),
        () => ({}),
        'wants a certificate',
      ],
      [
        'a caller of another authority',
        () => ({ clientCertificate: 'required' as const, ca: others.ca }),
        () => client,
        'wants a certificate',
      ],
    ] as const) {
      for (const minVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
        it(`${what}, in ${minVersion} and later`, async () => {
          const movies = new Movies()
          const options = typeof there === 'function' ? there() : there
          const { endpoint } = await begin({ ...options }, { ...here(), minVersion }, { services: [movies] })
          const error = await rejection(endpoint.invoke(calling('rent', [1])))
          expect(error).to.include({ code: 'unauthenticated', outcome: 'not-run' })
          expect(error.message).to.contain(message)
          expect(movies.entered).to.deep.equal([])
        })
      }
    }

    it('a provider without TLS, from a consumer with it', async () => {
      const secure = httpConnect({ tls: { ca: ours.ca }, logger: silent })
      current = await serving({ transport: { connect: secure, listen: httpListen() } })
      const error = await rejection(current.endpoint.invoke(calling('rent', [1])))
      expect(error).to.include({ code: 'failed_precondition', outcome: 'not-run' })
      expect(error.message).to.contain('offers no TLS').and.to.contain('tls.allowPlain')
      const stream = { ...calling('rent', [1]), stream: 'server' } as const
      expect(() => current!.endpoint.stream!(stream)).to.throw('offers no TLS')
      expect(current.endpoint.status).to.equal('closed')
    })
  })

  it('refuses every request without a certificate where it is required, its probes too', async () => {
    await begin({ ca: ours.ca, clientCertificate: 'required' })
    const { socket } = await issuedTo()
    socket.write('GET /_kumquat/stats HTTP/1.1\r\nhost: x\r\n\r\n')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).to.match(/^HTTP\/1.1 401 [\s\S]*"code":"unauthenticated"/)
    await once(socket, 'close')
  })

  it('calls a provider without TLS where that is allowed', async () => {
    const connect = httpConnect({ tls: { ca: ours.ca, allowPlain: true }, logger: silent })
    current = await serving({ transport: { connect, listen: httpListen() } })
    expect((await current.endpoint.invoke(calling('nothing'))).value).to.equal(null)
  })

  it('checks the name that it is told to expect', async () => {
    const { endpoint } = await begin({}, { serverName: 'movies.test' })
    expect((await endpoint.invoke(calling('nothing'))).value).to.equal(null)
  })

  it('says who has called, of those with a certificate, on every connection', async () => {
    seen.length = 0
    await begin({ ca: ours.ca, clientCertificate: 'required' }, client, { filters: [watching] })
    const { endpoint } = current!
    await Promise.all([1, 2, 3, 4].map(() => endpoint.invoke(calling('slow', [20]))))
    // Later connections resume the session of the first.
    const again = httpConnect({ tls: { ca: ours.ca, ...client }, logger: silent, connections: 1 })
    const { port } = current!.listener
    const line = again(providerRecord({ host: '127.0.0.1', port, transports: ['https'] }))
    await line.invoke(calling('nothing'))
    await line[Symbol.asyncDispose]()
    expect(seen).to.have.length(5)
    for (const { address, certified } of seen) {
      expect([address, certified]).to.deep.equal(['127.0.0.1', ['web.test', 'spiffe://shop/web', 'web']])
    }
  })

  it('serves those without a certificate, or with one it does not believe, as nobody where it is optional', async () => {
    seen.length = 0
    await begin({ ca: ours.ca, clientCertificate: 'optional' }, {}, { filters: [watching] })
    await current!.endpoint.invoke(calling('nothing'))
    await current![Symbol.asyncDispose]()
    await begin({ ca: others.ca, clientCertificate: 'optional' }, client, { filters: [watching] })
    await current!.endpoint.invoke(calling('nothing'))
    expect(seen.map(({ certified }) => certified)).to.deep.equal([[], []])
  })

  it('changes its certificate without a restart: open connections stay, new ones get the new one', async () => {
    const [cert, key] = [join(ours.folder, 'live.pem'), join(ours.folder, 'live.key')]
    await copyFile(server.cert, cert)
    await copyFile(server.key, key)
    const logger = recordingLogger()
    const { endpoint } = await begin({ cert, key, reloadMs: 100 }, {}, { logger })
    await endpoint.invoke(calling('nothing'))
    const before = await issuedTo()
    expect(before.certificate.subject.CN).to.equal('movies')

    // Half of the pair, as it stands for a moment in any renewal.
    const next = await ours.issue('movies-2', 'IP:127.0.0.1')
    await copyFile(next.cert, cert)
    await eventually(() => expect(logger.lines.map(({ level }) => level)).to.include('warn'))
    const between = await issuedTo()
    expect(between.certificate.subject.CN).to.equal('movies')

    await copyFile(next.key, key)
    await eventually(async () => {
      const { socket, certificate } = await issuedTo()
      socket.destroy()
      expect(certificate.subject.CN).to.equal('movies-2')
    })
    expect(before.socket.destroyed).to.equal(false)
    expect((await endpoint.invoke(calling('nothing'))).value).to.equal(null)
    before.socket.destroy()
    between.socket.destroy()
  })

  it('tells whether a suspect lives', async () => {
    await begin()
    const record = providerRecord({ host: '127.0.0.1', port: current!.listener.port, transports: ['https'] })
    const probe = httpProbe({ tls: { ca: ours.ca }, connectTimeoutMs: 2_000 })
    expect(await probe(record, AbortSignal.timeout(5_000))).to.equal('alive')
    await current![Symbol.asyncDispose]()
    expect(await probe(record, AbortSignal.timeout(5_000))).to.equal('gone')
  })

  it('gives plain HTTP on its port no answer, and goes on', async () => {
    const { endpoint, address } = await begin()
    const failure: unknown = await fetch(`http://${address}/_kumquat/live`).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(Error)
    expect((await endpoint.invoke(calling('nothing'))).value).to.equal(null)
  })

  describe('is refused at construction', () => {
    it('with half a pair', () => {
      expect(() => httpConnect({ tls: { cert: server.cert } })).to.throw(TypeError, 'tls.key is missing')
    })
    it('with a file that is not there', () => {
      expect(() => httpListen({ tls: { ...server, key: '/nowhere.pem' } })).to.throw(
        TypeError,
        'tls.key is neither PEM',
      )
    })
    it('with a file of something else', async () => {
      const path = join(ours.folder, 'notes.txt')
      await writeFile(path, 'hello')
      expect(() => httpConnect({ tls: { ca: path } })).to.throw(TypeError, 'notes.txt", which holds no PEM')
    })
    it('with the key of another certificate', () => {
      expect(() => httpListen({ tls: { cert: server.cert, key: client.key } })).to.throw(
        TypeError,
        'cannot be used together',
      )
    })
    it('when it asks for certificates and believes nobody', () => {
      expect(() => httpListen({ tls: { ...server, clientCertificate: 'required' } })).to.throw(
        TypeError,
        'tls.ca is missing',
      )
    })
    it('when it asks for certificates in words of its own', () => {
      const clientCertificate = 'always' as never
      expect(() => httpListen({ tls: { ...server, clientCertificate } })).to.throw(TypeError, 'got "always"')
    })
    for (const reloadMs of [99, 86_400_001, Number.NaN]) {
      it(`with a reload every ${reloadMs} ms`, () => {
        expect(() => httpListen({ tls: { ...server, reloadMs } })).to.throw(RangeError, `got ${reloadMs}`)
      })
    }
  })
})
