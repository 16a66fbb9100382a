import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { type Endpoint, providerRecord, silent, sleep, systemClock } from '@kumquat/core'
import { httpConnect, httpListen } from '@kumquat/rpc'
import { expect } from 'chai'
import { calling, serving } from '../serving.ts'

/** A server that closes idle connections, and how often it was connected to. */
interface Closing extends AsyncDisposable {
  readonly port: number
  readonly connections: number
}

const LANES = 40

describe('a connection that the provider closes while it is idle', function () {
  this.timeout(30_000)

  const listening = async (server: Server): Promise<Closing> => {
    let connections = 0
    server.on('connection', () => connections++)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return {
      port: (server.address() as { port: number }).port,
      get connections() {
        return connections
      },
      async [Symbol.asyncDispose]() {
        server.close()
        if ('closeAllConnections' in server) (server as ReturnType<typeof createHttpServer>).closeAllConnections()
      },
    }
  }

  const ours = async (keepAliveTimeoutMs: number): Promise<Closing> => {
    const transport = { connect: httpConnect({ logger: silent }), listen: httpListen({ keepAliveTimeoutMs }) }
    const { listener, endpoint } = await serving({ transport })
    await endpoint[Symbol.asyncDispose]()
    return {
      port: listener.port,
      connections: Number.NaN,
      [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
    }
  }

  /** A plain server of Node, which says in each answer how long it keeps connections. */
  const plain = (keepAliveTimeout: number): Promise<Closing> =>
    listening(
      Object.assign(
        createHttpServer((_, response) => void response.end('1')),
        { keepAliveTimeout },
      ),
    )

  /** One that does not say so. */
  const silentOne = (keepAliveTimeout: number): Promise<Closing> =>
    listening(
      createTcpServer((socket) => {
        let closing: Disposable | undefined
        socket.on('error', () => {})
        socket.on('close', () => closing?.[Symbol.dispose]())
        socket.on('data', () => {
          closing?.[Symbol.dispose]()
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1')
          closing = systemClock.after(keepAliveTimeout, () => socket.end())
        })
      }),
    )

  /** Calls again and again, each lane with other gaps around the moments given, and says what failed. */
  const failures = async (
    line: Endpoint,
    idempotent: boolean,
    moments: readonly number[],
  ): Promise<readonly unknown[]> => {
    const failed: unknown[] = []
    const lane = async (_: unknown, i: number): Promise<void> => {
      for (const moment of moments) {
        const method = idempotent ? 'getMovieById' : 'nothing'
        await line.invoke(calling(method, [i], { idempotent })).catch((error: unknown) => failed.push(error))
        await sleep(systemClock, moment + (i - LANES / 2) / 2)
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    return failed
  }

  // What closes when: a server of Node closes a second later than it says; we close two seconds earlier than it says.
  const scenarios = (
    [
      ['our provider, after 1 s,', () => ours(1_000), [1_000, 2_000, 1_000]],
      ['our provider, after 3 s,', () => ours(3_000), [1_000, 1_000, 3_000]],
      ['a plain server, after 1 s,', () => plain(1_000), [1_000, 2_000, 1_000]],
      ['a plain server, after 3 s,', () => plain(3_000), [1_000, 1_000, 3_000]],
    ] as const
  ).flatMap(([what, make, moments]) => [
    { what: `by ${what} fails no call`, make, moments, idempotent: false },
    { what: `by ${what} fails no idempotent call`, make, moments, idempotent: true },
  ])
  const unannounced = {
    what: 'by a server that does not say when, after 1 s, fails no idempotent call',
    make: () => silentOne(1_000),
    moments: [1_000, 1_000, 1_000],
    idempotent: true,
  }

  // All at once: what they do most is wait.
  const failed = new Map<string, Promise<readonly unknown[]>>()
  before(() => {
    for (const { what, make, moments, idempotent } of [...scenarios, unannounced]) {
      const run = async (): Promise<readonly unknown[]> => {
        await using server = await make()
        const line = httpConnect({ logger: silent })(providerRecord({ host: '127.0.0.1', port: server.port }))
        const found = await failures(line, idempotent, moments)
        await line[Symbol.asyncDispose]()
        return found
      }
      failed.set(what, run())
    }
  })
  for (const { what } of [...scenarios, unannounced]) {
    it(what, async () => expect(await failed.get(what)).to.deep.equal([]))
  }

  it('fails no idempotent call when many are closed at once', async () => {
    const open: Socket[] = []
    let isClosing = false
    const server = createTcpServer((socket) => {
      open.push(socket.on('error', () => {}))
      socket.on('data', () => {
        if (!isClosing) {
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1')
          return
        }
        isClosing = false
        socket.end()
        for (const one of open) one.end()
      })
    })
    await using closing = await listening(server)
    const line = httpConnect({ logger: silent })(providerRecord({ host: '127.0.0.1', port: closing.port }))
    await Promise.all(Array.from({ length: 8 }, () => line.invoke(calling('getMovieById', [1], { idempotent: true }))))
    isClosing = true
    expect(await line.invoke(calling('getMovieById', [1], { idempotent: true }))).to.deep.equal({ value: 1 })
    expect(open).to.have.length(9)
    await line[Symbol.asyncDispose]()
  })

  it('fails no idempotent call that had waited long for that connection', async () => {
    let requests = 0
    const server = createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', () => {
        requests++
        const answer = (): unknown => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1')
        if (requests === 1) systemClock.after(1_200, answer)
        else if (requests === 2) socket.destroy()
        else answer()
      })
    })
    await using closing = await listening(server)
    const record = providerRecord({ host: '127.0.0.1', port: closing.port })
    const line = httpConnect({ connections: 1, logger: silent })(record)
    const call = (): Promise<unknown> => line.invoke(calling('getMovieById', [1], { idempotent: true }))
    expect(await Promise.all([call(), call()])).to.deep.equal([{ value: 1 }, { value: 1 }])
    expect(requests).to.equal(3)
    await line[Symbol.asyncDispose]()
  })

  it('is used again before that', async () => {
    await using server = await plain(5_000)
    const line = httpConnect({ logger: silent })(providerRecord({ host: '127.0.0.1', port: server.port }))
    for (let i = 0; i < 20; i++) await line.invoke(calling('nothing'))
    // undici rests a connection for one turn of the event loop, in which the next call takes another.
    expect(server.connections).to.be.at.most(2)
    await line[Symbol.asyncDispose]()
  })
})
