import { type Filter, type Reply, RpcError } from '@kumquat/core'
import { eventually, type RecordingLogger, recordingLogger } from '@kumquat/core/testing'
import { rateLimit, type ServedCall } from '@kumquat/rpc'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import { served } from '../../packages/rpc/test/served.ts'
import { type RedisServer, redisOrSkip } from '../servers/redis.ts'

describe('rateLimit() over Redis', function () {
  this.timeout(30_000)
  let server: RedisServer
  const clients: Redis[] = []

  before(async function () {
    server = await redisOrSkip(this)
  })
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect()
  })
  after(async () => server?.stop())

  const connected = async (): Promise<Redis> => {
    const redis = new Redis({ host: '127.0.0.1', port: server.port, retryStrategy: () => 50 })
    redis.on('error', () => {})
    clients.push(redis)
    await eventually(() => expect(redis.status).to.equal('ready'))
    return redis
  }
  interface Limited {
    readonly serve: (call: ServedCall) => Promise<Reply>
    readonly logger: RecordingLogger
  }
  const limited = async (prefix: string, calls = 3): Promise<Limited> => {
    const logger = recordingLogger()
    const options = { calls, perMs: 600_000, redis: await connected(), prefix, waitMs: 500, logger }
    const filter: Filter<ServedCall, Reply> = await rateLimit(options)
    return { serve: filter(async () => ({ value: 'in' })), logger }
  }
  const call = served('rent', [], { caller: 'web' })
  const outcome = (one: Limited): Promise<string> =>
    one.serve(call).then(
      () => 'in',
      (error: unknown) => (RpcError.is(error) ? error.code : String(error)),
    )

  it('counts calls at all providers together', async () => {
    const [one, other] = [await limited('together'), await limited('together')]
    expect([await outcome(one), await outcome(other), await outcome(one)]).to.deep.equal(['in', 'in', 'in'])
    for (const each of [one, other]) expect(await outcome(each)).to.equal('resource_exhausted')
    expect(await server.cli('get', 'together:web movie/catalog/rent')).to.equal('5')
  })

  it('never fails a call because Redis is dead, goes on counting, and counts together again when it is back', async () => {
    const one = await limited('dead')
    await outcome(one)
    await server.kill()
    const meanwhile = [await outcome(one), await outcome(one), await outcome(one), await outcome(one)]
    expect(meanwhile).to.deep.equal(['in', 'in', 'in', 'resource_exhausted'])
    expect(one.logger.lines.map(({ level }) => level)).to.deep.equal(['warn'])
    await server.restart()
    await eventually(async () => {
      expect(await outcome(one)).to.equal('in')
      expect(one.logger.lines.at(-1)!.message).to.contain('Redis is back')
    })
  })

  it('waits for a frozen Redis once, not for each call', async () => {
    const one = await limited('frozen', 1_000)
    await outcome(one)
    server.pause()
    try {
      const meanwhile = await Promise.all(Array.from({ length: 20 }, () => outcome(one)))
      expect(new Set(meanwhile)).to.deep.equal(new Set(['in']))
      expect(await outcome(one)).to.equal('in')
      expect(one.logger.lines).to.have.length(1)
      expect(one.logger.lines[0]!.facts)
        .to.have.property('error')
        .that.matches(/no answer within 500 ms/)
    } finally {
      server.resume()
    }
  })
})
