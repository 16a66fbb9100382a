import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { silent } from '@kumquat/core'
import { consumer, type Provider, provider } from '@kumquat/rpc'
import { type Handler, handler } from '@kumquat/rpc/node'
import { MemoryTree, memory } from '@kumquat/rpc/testing'
import { expect } from 'chai'
import express from 'express'
import { Movies } from '../movies.ts'
import { rejection } from '../rejection.ts'

describe('a provider in a server of the user', () => {
  let registry: ReturnType<typeof memory>
  let server: Server
  let running: Provider | undefined
  beforeEach(() => {
    registry = memory({ tree: new MemoryTree() })
  })
  afterEach(async () => {
    await running?.stop()
    running = undefined
    server.closeAllConnections()
    server.close()
    await registry[Symbol.asyncDispose]()
  })

  const listen = async (made: Server): Promise<string> => {
    server = made
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const provide = async (calls: Handler): Promise<Provider> => {
    const options = { registry, services: [new Movies()], quietMs: 0, signals: [], logger: silent }
    running = await provider({ ...options, listen: calls.on(server) })
    return running
  }
  const call = async (address: string, body: string | Buffer = '[1]', headers: Record<string, string> = {}) => {
    const answer = await fetch(`${address}/movie/catalog/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: body as string,
    })
    return {
      status: answer.status,
      json: (await answer.json()) as { readonly code?: string; readonly outcome?: string },
    }
  }

  it('of node:http is found and called, and has its probes', async () => {
    const calls = handler()
    const address = await listen(createServer(calls))
    await provide(calls)
    expect(running!.address).to.equal(new URL(address).host)
    await using consuming = await consumer({ registry, logger: silent })
    expect(await consuming.client(Movies).getMovieById(7)).to.include({ id: 7 })
    expect(await (await fetch(`${address}/_kumquat/live`)).json()).to.deep.equal({ status: 'live' })
    const lost = await fetch(`${address}/nowhere`)
    expect(lost.status).to.equal(404)
    expect(await lost.json()).to.include({ code: 'unimplemented' })
  })

  it('waits for the server to listen', async () => {
    const calls = handler()
    server = createServer(calls)
    const starting = provide(calls)
    server.listen(0, '127.0.0.1')
    await starting
    expect(running!.port).to.equal((server.address() as AddressInfo).port)
  })

  it('says before it has started, and after it has stopped, that nothing has run', async () => {
    const calls = handler()
    const address = await listen(createServer(calls))
    expect(await call(address)).to.deep.include({ status: 503 })
    await provide(calls)
    expect(await call(address)).to.deep.equal({ status: 200, json: [1] })
    await running!.stop()
    const { status, json } = await call(address)
    expect([status, json.code, json.outcome]).to.deep.equal([503, 'unavailable', 'not-run'])
    expect(server.listening).to.equal(true)
  })

  it('may start again in the same server', async () => {
    const calls = handler()
    const address = await listen(createServer(calls))
    await provide(calls)
    await running!.stop()
    await provide(calls)
    expect((await call(address)).status).to.equal(200)
  })

  it('is one at a time', async () => {
    const calls = handler()
    await listen(createServer(calls))
    await provide(calls)
    const first = running
    expect(await rejection(provide(calls))).to.include({ code: 'failed_precondition', outcome: 'not-run' })
    running = first
  })

  it('needs a port', async () => {
    const calls = handler()
    server = createServer(calls)
    server.listen('\0kumquat-test')
    await once(server, 'listening')
    const error: unknown = await provide(calls).catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(TypeError)
    expect(String(error)).to.contain('listens on no port')
  })

  it('is refused with a bad limit', () => {
    server = createServer()
    expect(() => handler({ maxArguments: 0 })).to.throw(RangeError, 'maxArguments must be an integer from 1')
  })

  describe('of Express', () => {
    it('leaves to others what is no call of its own', async () => {
      const calls = handler()
      const app = express()
      app.use(calls)
      app.get('/hello', (_, response) => void response.send('hello'))
      app.post('/movie/comics/get', (_, response) => void response.send('another'))
      const address = await listen(createServer(app))
      await provide(calls)
      expect((await call(address)).json).to.deep.equal([1])
      expect(await (await fetch(`${address}/hello`)).text()).to.equal('hello')
      expect(await (await fetch(`${address}/movie/comics/get`, { method: 'POST' })).text()).to.equal('another')
      expect((await fetch(`${address}/nowhere`)).status).to.equal(404)
      expect((await fetch(`${address}/movie/catalog/ehco`, { method: 'POST' })).status).to.equal(501)
    })

    it('takes a body that another has read', async () => {
      const calls = handler()
      const app = express()
      app.use(express.json({ strict: false }))
      app.use(calls)
      const address = await listen(createServer(app))
      await provide(calls)
      expect((await call(address, '[1, "ä"]')).json).to.deep.equal([1, 'ä'])
      expect((await call(address, '{"id": 1}')).json).to.deep.equal([{ id: 1 }])
      expect((await call(address, gzipSync('[1, 2]'), { 'content-encoding': 'gzip' })).json).to.deep.equal([1, 2])
      expect((await call(address, '[{"__proto__": {"admin": true}}]')).status).to.equal(400)
      expect((await call(address, `[${'['.repeat(64)}${']'.repeat(64)}]`)).status).to.equal(400)
    })
  })
})
