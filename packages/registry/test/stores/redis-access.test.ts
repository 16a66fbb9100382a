import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect, promisify } from 'node:util'
import type { Store } from '@kumquat/core'
import { eventually, type RecordingLogger, recordingLogger } from '@kumquat/core/testing'
import { open } from '@kumquat/registry'
import { expect } from 'chai'
import { freePort, type RedisServer, redisOrSkip } from '../../../../test/servers/redis.ts'
import { rejection } from '../rejection.ts'
import { type Running, startHolder } from './processes.ts'

describe('Redis store, before a server that asks who is there', function () {
  this.timeout(30_000)
  let server: RedisServer
  let tlsPort: number
  let dir: string
  let logger: RecordingLogger
  const stores: Store[] = []
  const others: Running[] = []

  before(async function () {
    dir = await mkdtemp(join(tmpdir(), 'kumquat-tls-'))
    tlsPort = await freePort()
    server = await redisOrSkip(this, ['--tls-port', String(tlsPort), ...(await certificate(dir))])
    const alice = ['alice', 'on', '>s3cret/@?', '~{alice}*', '&{alice}*', '+@all', '-@admin', '-@dangerous']
    await server.cli('acl', 'setuser', ...alice)
    await server.cli('acl', 'setuser', 'mute', 'on', '>s3cret', '~{alice}*', '+@all')
    await server.cli('config', 'set', 'requirepass', 's3cret-for-all')
  })
  beforeEach(() => {
    logger = recordingLogger()
  })
  afterEach(async () => {
    for (const other of others.splice(0)) await other[Symbol.asyncDispose]()
    for (const store of stores.splice(0)) await store[Symbol.asyncDispose]()
  })
  after(async () => {
    await server?.stop()
    await rm(dir, { recursive: true, force: true })
  })

  const opened = async (user: string, rest = '/0?root=alice&operationTimeoutMs=1500'): Promise<Store> => {
    const store = await open(`redis://${user}@127.0.0.1:${server.port}${rest}`, { logger })
    stores.push(store)
    return store
  }

  it('gives the password that all share', async () => {
    const store = await opened(':s3cret-for-all')
    await store.put('/a', '1')
    expect(await store.get('/a')).to.have.property('value', '1')
  })

  it('is content with the keys and channels of its root, and no dangerous command', async () => {
    const store = await opened('alice:s3cret%2F%40%3F')
    const watch = await (await opened('alice:s3cret%2F%40%3F')).watch('/a')
    await store.hold('/a/b', '1')
    await eventually(() => expect(watch.current).to.have.lengthOf(1))
    expect(logger.lines).to.deep.equal([])
  })

  it('does without a channel', async () => {
    const store = await opened('mute:s3cret')
    const watch = await (await opened('mute:s3cret')).watch('/m')
    await store.hold('/m/b', '1')
    await eventually(() => expect(watch.current).to.have.lengthOf(1))
    await eventually(() => expect(logger.lines.join()).not.to.equal(''))
    expect(logger.lines.map(({ message }) => message).join()).to.contain('does not let us subscribe')
  })

  it('is kept out of what is not its own', async () => {
    const error = await rejection(
      (await opened('alice:s3cret%2F%40%3F', '/0?root=bob&operationTimeoutMs=500')).get('/a'),
    )
    expect(error).to.have.property('code', 'permission_denied')
  })

  it('stays with its database', async () => {
    await (await opened(':s3cret-for-all', '/3?root=three')).put('/a', '1')
    expect(await server.cli('-a', 's3cret-for-all', '--no-auth-warning', '-n', '3', 'keys', '{three}/')).to.equal(
      '{three}/',
    )
    const error = await rejection((await opened(':s3cret-for-all', '/99?root=x&operationTimeoutMs=500')).get('/a'))
    expect(error).to.have.property('message').that.contains('DB index is out of range')
  })

  for (const user of [':wrong-s3cret', 'alice:wrong-s3cret', 'nobody:wrong-s3cret']) {
    it(`says that it is kept out as ${user.split(':')[0] || 'anybody'}, and tells nobody the password`, async () => {
      const store = await opened(user, '/0?root=alice&operationTimeoutMs=500')
      const error = await rejection(store.get('/a'))
      expect(error).to.include({ code: 'unauthenticated', outcome: 'not-run' })
      expect(error).to.have.property('message').that.contains('check user, password')
      expect(store.session.current).to.equal('suspended')
      const everything = inspect([error, logger.lines], { depth: 20, showHidden: true })
      expect(everything).to.contain('WRONGPASS').and.not.contain('s3cret')
    })
  }

  it('is let in once its password is the right one', async () => {
    const store = await opened('late:s3cret', '/0?root=alice')
    const put = store.put('/late', '1')
    await eventually(() => expect(logger.lines).to.have.lengthOf(1))
    await server.cli(
      '-a',
      's3cret-for-all',
      '--no-auth-warning',
      'acl',
      'setuser',
      'late',
      'on',
      '>s3cret',
      '~*',
      '+@all',
    )
    await put
  })

  describe('by TLS', () => {
    const urlOf = (port: number): string =>
      `rediss://:s3cret-for-all@localhost:${port}/0?root=alice&operationTimeoutMs=5000`

    it('trusts a certificate that Node trusts', async () => {
      Object.assign(process.env, { NODE_EXTRA_CA_CERTS: join(dir, 'cert.pem') })
      try {
        others.push(await startHolder(urlOf(tlsPort), '/tls/b'))
      } finally {
        Reflect.deleteProperty(process.env, 'NODE_EXTRA_CA_CERTS')
      }
      expect(await (await opened(':s3cret-for-all')).get('/tls/b')).to.have.property('value', 'x')
    })

    it('trusts no other, and says why', async () => {
      const store = await open(urlOf(tlsPort).replace('5000', '500'), { logger })
      stores.push(store)
      const error = await rejection(store.get('/a'))
      expect(error)
        .to.have.property('message')
        .that.matches(/self-signed certificate/)
    })
  })
})

/** Flags of a server that has made itself a certificate for "localhost". */
async function certificate(dir: string): Promise<readonly string[]> {
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const output = ['-keyout', key, '-out', cert, '-days', '2']
  await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, ...output])
  return ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert, '--tls-auth-clients', 'no']
}
