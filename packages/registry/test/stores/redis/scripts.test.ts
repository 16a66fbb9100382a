import { systemClock, uniqueId } from '@kumquat/core'
import { expect } from 'chai'
import { type RedisServer, redisOrSkip } from '../../../../../test/servers/redis.ts'
import { type Client, connect } from '../../../src/stores/redis/client.ts'
import { treeOf } from '../../../src/stores/redis/keys.ts'
import { GET, LIST, PUT } from '../../../src/stores/redis/scripts/entries.ts'
import { CLAIM, RELEASE } from '../../../src/stores/redis/scripts/holding.ts'
import { BEAT, END, LOOK, OPEN } from '../../../src/stores/redis/scripts/sessions.ts'

describe('scripts of the Redis store', () => {
  let server: RedisServer
  let client: Client
  let tree: string

  before(async function () {
    this.timeout(30_000)
    server = await redisOrSkip(this)
  })
  beforeEach(async () => {
    tree = treeOf(`scripts-${uniqueId()}`)
    const times = { connectTimeoutMs: 5_000, operationTimeoutMs: 5_000, silenceMs: 3_000 }
    client = await connect(`127.0.0.1:${server.port}`, { ...times, tree, db: 0, tls: false }, systemClock, {
      gone: () => {},
      heard: () => {},
    })
  })
  afterEach(() => client?.close())
  after(async () => {
    await server?.stop()
  })

  const claim = (session: string, epoch: string, path: string, replace = 'no'): Promise<unknown> =>
    client.run(CLAIM, [session, epoch, path, 'x', replace])

  it('refuse what comes late by a connection that was given up', async () => {
    expect(await client.run(OPEN, ['me', '1', '9000'])).to.deep.equal([0, '0'])
    await claim('me', '1', '/a/b')
    expect(await client.run(OPEN, ['me', '2', '9000'])).to.have.property('0', 1)
    expect(await claim('me', '1', '/a/late')).to.deep.equal(['lost'])
    expect(await client.run(RELEASE, ['me', '1', '/a/b'])).to.equal('lost')
    expect(await client.run(BEAT, ['me', '1', '9000'])).to.equal(0)
    await client.run(OPEN, ['me', '1', '9000'])
    expect(await claim('me', '1', '/a/late')).to.deep.equal(['lost'])
    expect(await claim('me', '2', '/a/b')).to.deep.equal(['done'])
    expect(await client.run(LIST, ['/a']))
      .to.have.lengthOf(3)
      .and.include('b')
  })

  it('refuse what comes after the end of its session', async () => {
    await client.run(OPEN, ['me', '1', '9000'])
    await claim('me', '1', '/a/b')
    await client.run(END, ['me'])
    expect(await claim('me', '1', '/a/b')).to.deep.equal(['lost'])
    expect(await client.run(BEAT, ['me', '1', '9000'])).to.equal(0)
    expect(await client.run(GET, ['/a/b'])).to.equal(null)
    expect(await server.cli('keys', `${tree}:session:*`)).to.equal('')
  })

  it('take along with a session only what is still its own', async () => {
    for (const session of ['first', 'second']) await client.run(OPEN, [session, '1', '9000'])
    await claim('first', '1', '/a/b')
    expect(await claim('second', '1', '/a/b')).to.include.members(['held', 'first'])
    expect(await claim('second', '1', '/a/b', 'yes')).to.deep.equal(['done'])
    await client.run(END, ['first'])
    expect(await client.run(GET, ['/a/b'])).to.have.property('0', 'x')
  })

  it('leave an entry with its holder when another writes its value', async () => {
    await client.run(OPEN, ['me', '1', '9000'])
    await claim('me', '1', '/a/b')
    await client.run(PUT, ['/a/b', 'by an operator', 'any'])
    expect(await client.run(GET, ['/a/b'])).to.have.property('0', 'by an operator')
    await client.run(END, ['me'])
    expect(await client.run(GET, ['/a/b'])).to.equal(null)
  })

  it('name the paths that have changed, and no others', async () => {
    await client.run(PUT, ['/a/b', '1', 'any'])
    await client.run(PUT, ['/c/d', '1', 'any'])
    const [since = ''] = (await client.run(LOOK, ['0'])) as string[]
    expect(await client.run(LOOK, [since])).to.deep.equal([since])
    await client.run(PUT, ['/c/d', '2', 'any'])
    expect(await client.run(LOOK, [since])).to.deep.equal([String(Number(since) + 1), '/c'])
  })

  it('never give a number twice, though the data be lost', async () => {
    const before = Number(await client.run(PUT, ['/a', '1', 'any']))
    await server.cli('flushall')
    expect(Number(await client.run(PUT, ['/a', '1', 'any']))).to.be.above(before)
  })

  it('keep all of a tree in one slot of a cluster', async () => {
    await server.cli('flushall')
    await client.run(OPEN, ['me', '1', '9000'])
    await claim('me', '1', '/a/b')
    for (const key of (await server.cli('keys', '*')).split('\n')) expect(key.startsWith(tree), key).to.equal(true)
  })
})
