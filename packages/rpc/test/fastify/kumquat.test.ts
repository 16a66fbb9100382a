import { type Logger, RpcError, silent } from '@kumquat/core'
import { eventually, recordingLogger } from '@kumquat/core/testing'
import { type Consumer, consumer } from '@kumquat/rpc'
import { type KumquatOptions, kumquat } from '@kumquat/rpc/fastify'
import { MemoryTree, memory } from '@kumquat/rpc/testing'
import { expect } from 'chai'
import fastify, { type FastifyInstance } from 'fastify'
import { Movies } from '../movies.ts'

describe('a provider in a Fastify app', () => {
  const service = { app: 'movie', group: 'catalog' }
  let tree: MemoryTree
  let registry: ReturnType<typeof memory>
  let app: FastifyInstance
  beforeEach(() => {
    tree = new MemoryTree()
    registry = memory({ tree })
    app = fastify({ forceCloseConnections: true })
  })
  afterEach(async () => {
    await app.close()
    await registry[Symbol.asyncDispose]()
  })

  const register = async (more: Partial<KumquatOptions> = {}, logger: Logger = silent): Promise<void> => {
    const options = { registry, services: [new Movies()], quietMs: 0, signals: [], logger, ...more }
    await app.register(kumquat, options)
  }
  const listen = async (): Promise<string> => {
    const address = await app.listen({ port: 0, host: '127.0.0.1' })
    await app.kumquat.provider
    return address
  }
  const consuming = (): Promise<Consumer> => consumer({ registry, logger: silent })

  it('is found and called, beside the routes of the app', async () => {
    app.get('/hello', () => 'hello')
    await register()
    const address = await listen()
    await using calls = await consuming()
    expect(await calls.client(Movies).getMovieById(7)).to.include({ id: 7 })
    expect(await (await fetch(`${address}/hello`)).text()).to.equal('hello')
    expect(await (await fetch(`${address}/_kumquat/ready`)).json()).to.deep.equal({ status: 'ready' })
    expect((await app.kumquat.provider).address).to.equal(new URL(address).host)
  })

  it('leaves the app its own answers to what is no call, and its own parsers', async () => {
    app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_, body, done) => done(null, body))
    app.post('/shout', ({ body }) => String(body).toUpperCase())
    await register()
    const address = await listen()
    const shout = await fetch(`${address}/shout`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'a',
    })
    expect(await shout.text()).to.equal('A')
    expect(await (await fetch(`${address}/nowhere`)).json()).to.include({ error: 'Not Found' })
  })

  it('answers what goes wrong with a call as any provider does', async () => {
    await register({ maxBodyBytes: 4_096, maxArguments: 2 })
    const address = await listen()
    const post = async (method: string, body: string, type = 'application/json') => {
      const answer = await fetch(`${address}/movie/catalog/${method}`, {
        ...{ method: 'POST', body, headers: { 'content-type': type } },
      })
      const json = (await answer.json()) as { code: string; message: string }
      return [answer.status, json.code, json.message] as const
    }
    expect((await post('echo', '[1,2,3]')).slice(0, 2)).to.deep.equal([400, 'invalid_argument'])
    expect((await post('echo', '[1,')).slice(0, 2)).to.deep.equal([400, 'invalid_argument'])
    expect((await post('echo', 'x', 'text/plain')).slice(0, 2)).to.deep.equal([415, 'invalid_argument'])
    expect((await post('echo', `["${'x'.repeat(5_000)}"]`)).slice(0, 2)).to.deep.equal([413, 'resource_exhausted'])
    expect((await post('ehco', '[1'))[2]).to.contain('did you mean "echo"?')
    expect((await post('x'.repeat(200), '[1]'))[0]).to.equal(404)
    const wrong = await fetch(`${address}/movie/catalog/echo`)
    expect([wrong.status, wrong.headers.get('allow')]).to.deep.equal([405, 'POST'])
  })

  it('stands under the hooks of the app', async () => {
    app.addHook('onRequest', async (request, reply) => {
      if (request.headers.authorization === undefined) await reply.code(401).send({ code: 'unauthenticated' })
    })
    await register()
    await listen()
    await using calls = await consuming()
    const error: unknown = await calls
      .client(Movies)
      .rent(1)
      .catch((reason: unknown) => reason)
    expect(RpcError.is(error) && error.code).to.equal('unauthenticated')
  })

  it('loses no call when the app closes: callers go elsewhere while it still serves', async () => {
    await register({ quietMs: 100 })
    await listen()
    const other = fastify()
    await other.register(kumquat, { registry, services: [new Movies()], quietMs: 0, signals: [], logger: silent })
    await other.listen({ port: 0, host: '127.0.0.1' })
    await other.kumquat.provider
    await using calls = await consuming()
    await eventually(() => expect(calls.peers(service).current).to.have.length(2))
    const movies = calls.client(Movies)
    let failed = 0
    let isOver = false
    const callers = [1, 2, 3, 4].map(async () => {
      while (!isOver) await movies.rent(1).catch(() => failed++)
    })
    await app.close()
    isOver = true
    await Promise.all(callers)
    expect(failed).to.equal(0)
    expect(calls.peers(service).current).to.have.length(1)
    await other.close()
  })

  it('closes an app that never listened, and says so', async () => {
    await register()
    await app.ready()
    await app.close()
    const error: unknown = await app.kumquat.provider.catch((reason: unknown) => reason)
    expect(String(error)).to.contain('closed before it listened')
  })

  it('refuses calls before it is registered, so that they go elsewhere', async () => {
    await register()
    const answer = await app.inject({ method: 'POST', url: '/movie/catalog/echo', payload: [1] })
    expect([answer.statusCode, answer.json().outcome]).to.deep.equal([503, 'not-run'])
  })

  it('goes on as an app when the registry does not answer, and says so', async () => {
    tree.cut()
    const logger = recordingLogger()
    await register({ registerTimeoutMs: 50 }, logger)
    await app.listen({ port: 0, host: '127.0.0.1' })
    const error: unknown = await app.kumquat.provider.catch((reason: unknown) => reason)
    expect(RpcError.is(error) && error.code).to.equal('unavailable')
    expect(logger.lines.map(({ message }) => message)).to.include('no provider has started in this app')
    tree.mend()
  })

  describe('is refused', () => {
    const refused = async (options: Partial<KumquatOptions>): Promise<unknown> => {
      await app.close()
      app = fastify()
      return register(options).then(
        () => 'registered',
        (error: unknown) => error,
      )
    }
    it('without a service', async () => {
      expect(await refused({ services: [] })).to.be.instanceOf(TypeError)
    })
    it('with a bad limit', async () => {
      expect(await refused({ maxDepth: 0 })).to.be.instanceOf(RangeError)
    })
    it('under a prefix', async () => {
      const registering = app.register(
        async (scope) => {
          await scope.register(kumquat, { registry, services: [new Movies()] })
        },
        { prefix: '/v1' },
      )
      const error: unknown = await registering.then(
        () => 'registered',
        (reason: unknown) => reason,
      )
      expect(String(error)).to.contain('the prefix "/v1"')
    })
  })
})
