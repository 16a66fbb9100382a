import { RpcError } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'
import HashRing from 'hashring'
import { type RedisServer, redisOrSkip } from '../servers/redis.ts'
import { redisNodes } from './redis-nodes.ts'

const keys = Array.from({ length: 60 }, (_, n) => `user:${n}`)

describe('clusterize over Redis nodes', function () {
  this.timeout(60_000)
  const servers: RedisServer[] = []
  let redis: ReturnType<typeof redisNodes>
  let ring: HashRing

  before(async function () {
    for (let n = 0; n < 3; n++) servers.push(await redisOrSkip(this))
    redis = redisNodes(servers.map(({ port }) => port))
    ring = new HashRing([...redis.clients.keys()])
  })
  after(async () => {
    for (const node of redis ?? []) node.disconnect()
    await redis?.[Symbol.asyncDispose]()
    for (const server of servers) await server.stop()
  })
  beforeEach(async () => {
    expect(await redis.flushall()).to.equal('OK')
    for (const [n, key] of keys.entries()) expect(await redis.set(key, n)).to.equal('OK')
  })

  const keysOf = (server: RedisServer): readonly string[] =>
    keys.filter((key) => ring.get(key) === `127.0.0.1:${server.port}`)

  it('keeps each key on one node, the one where other clients of ketama look for it', async () => {
    for (const server of servers) {
      const kept = (await server.cli('keys', '*')).split('\n')
      expect(kept).to.have.members(keysOf(server))
      expect(kept.length).to.be.greaterThan(5)
    }
    for (const [n, key] of keys.entries()) expect(await redis.get(key)).to.equal(String(n))
  })

  it('asks all nodes at once what only all together know', async () => {
    expect(await redis.dbsize()).to.equal(keys.length)
    expect(await redis.keys('user:*')).to.have.members(keys)
    expect(await redis.keys('user:1?')).to.have.length(10)
    expect(await redis.flushall()).to.equal('OK')
    expect(await redis.dbsize()).to.equal(0)
  })

  it('asks any node what each of them knows', async () => {
    for (let i = 0; i < 10; i++) expect(await redis.ping()).to.equal('PONG')
    expect(await redis.ping('hello')).to.equal('hello')
  })

  it('has every node at hand', async () => {
    const sizes: number[] = []
    for (const node of redis) sizes.push(await node.dbsize())
    expect(sizes).to.deep.equal(servers.map((server) => keysOf(server).length))
    const [server] = servers
    const [key] = keysOf(server!)
    const node = redis.clients.get(`127.0.0.1:${server!.port}`)
    expect(await node!.get(key!)).to.equal(String(keys.indexOf(key!)))
  })

  it('throws the errors of Redis as they are', async () => {
    await redis.set('text', 'no number')
    const error: unknown = await redis.incr('text').catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(Error).and.have.property('name', 'ReplyError')
  })

  it('fails for the keys of a killed node and says why, goes on with all others, and has them back with it', async () => {
    const [, lost] = servers
    const name = `127.0.0.1:${lost!.port}`
    await lost!.kill()
    await eventually(() => expect(redis.clients.get(name)!.status).to.be.oneOf(['close', 'reconnecting']))

    for (const [n, key] of keys.entries()) {
      if (ring.get(key) !== name) expect(await redis.get(key)).to.equal(String(n))
      else {
        const error: unknown = await redis.get(key).catch((thrown: unknown) => thrown)
        expect(RpcError.is(error)).to.equal(true, String(error))
        expect(error).to.have.property('message').that.contains(`get was not sent: the client "${name}" is closed`)
      }
    }
    for (let i = 0; i < 20; i++) expect(await redis.ping()).to.equal('PONG')
    const error: unknown = await redis.dbsize().catch((thrown: unknown) => thrown)
    expect(error).to.have.property('message').that.contains(`dbsize failed at 1 of 3 clients (${name}: `)

    await lost!.restart()
    await eventually(async () => expect(await redis.dbsize()).to.equal(keys.length - keysOf(lost!).length))
    const [key] = keysOf(lost!)
    expect(await redis.set(key!, 'again')).to.equal('OK')
    expect(await redis.get(key!)).to.equal('again')
  })
})
