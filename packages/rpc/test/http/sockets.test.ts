import { existsSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { providerRecord, silent } from '@kumquat/core'
import { httpConnect, httpListen } from '@kumquat/rpc'
import { expect } from 'chai'
import { socketName } from '../../src/http/socket-name.ts'
import { rejection } from '../rejection.ts'
import { calling, serving } from '../serving.ts'

describe('calls over a unix socket', () => {
  let sockets: string
  beforeEach(async () => {
    sockets = await mkdtemp(join(tmpdir(), 'kumquat-sockets-'))
  })
  afterEach(() => rm(sockets, { recursive: true, force: true }))

  const begin = (port = 0) =>
    serving({
      transport: { connect: httpConnect({ sockets, logger: silent }), listen: httpListen({ sockets }) },
      port,
      filters: [(next) => async (call) => (call.method === 'echo' ? { value: call.remote.address } : next(call))],
    })
  const remote = async ({ endpoint }: Awaited<ReturnType<typeof begin>>): Promise<unknown> =>
    (await endpoint.invoke(calling('echo'))).value

  it('are made by who was told the same folder, while others go on over TCP', async () => {
    await using one = await begin()
    expect(await remote(one)).to.equal('')
    const path = socketName(sockets, one.listener.port)
    expect(statSync(path).mode & 0o777).to.equal(0o600)
    const record = providerRecord({ host: '127.0.0.1', port: one.listener.port })
    await using plain = httpConnect({ logger: silent })(record)
    expect((await plain.invoke(calling('echo'))).value).to.equal('127.0.0.1')
  })

  it('end with the provider, which takes its socket away', async () => {
    const one = await begin()
    await remote(one)
    const path = socketName(sockets, one.listener.port)
    await one[Symbol.asyncDispose]()
    expect(existsSync(path)).to.equal(false)
  })

  it('go over TCP when the socket is not there, and when the provider is on another machine', async () => {
    await using one = await begin()
    await rm(socketName(sockets, one.listener.port))
    expect(await remote(one)).to.equal('127.0.0.1')
    // A socket of that number here is not that of a provider elsewhere.
    writeFileSync(socketName(sockets, 9), '')
    const far = httpConnect({ sockets, connectTimeoutMs: 50, logger: silent })
    await using elsewhere = far(providerRecord({ host: '192.0.2.1', port: 9 }))
    expect(await rejection(elsewhere.invoke(calling('echo')))).to.include({ code: 'unavailable', outcome: 'not-run' })
  })

  it('replace a socket that a killed provider left, and refuse one that somebody listens to', async () => {
    const first = await begin()
    const { port } = first.listener
    await first[Symbol.asyncDispose]()
    const path = socketName(sockets, port)
    const left = createServer().listen(path)
    await new Promise((resolve) => left.once('listening', resolve))
    const refused = await rejection(begin(port))
    expect(refused).to.include({ code: 'failed_precondition', outcome: 'not-run' })
    expect(refused.message).to.contain(path)
    left.close()
    writeFileSync(path, '')
    await using second = await begin(port)
    expect(await remote(second)).to.equal('')
  })

  it('need an absolute folder that is short enough', () => {
    for (const folder of ['run/shop', '', `/${'x'.repeat(100)}`]) {
      expect(() => httpListen({ sockets: folder })).to.throw(TypeError, JSON.stringify(folder))
      expect(() => httpConnect({ sockets: folder })).to.throw(TypeError, 'absolute path')
    }
  })
})
