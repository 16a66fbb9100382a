import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SessionState, type Store, uniqueId } from '@kumquat/core'
import { eventually, recordingLogger } from '@kumquat/core/testing'
import { type OpenOptions, open } from '@kumquat/registry'
import { etcd } from '@kumquat/registry/etcd'
import { expect } from 'chai'
import { type EtcdServer, etcdOrSkip } from '../../../../test/servers/etcd.ts'
import { rejection } from '../rejection.ts'

describe('etcd store, and who may do what', function () {
  this.timeout(40_000)
  const stores: Store[] = []
  afterEach(async () => {
    for (const store of stores.splice(0)) await store[Symbol.asyncDispose]()
  })
  const opened = async (url: string, options: OpenOptions = {}): Promise<Store> => {
    const store = await open(url, options)
    stores.push(store)
    return store
  }

  describe('with authentication', () => {
    const root = '/ours'
    const password = 's/e@cret'
    let server: EtcdServer
    const urlOf = (user: string, more = ''): string =>
      `${server.url(root).replace('//', `//${user}@`)}?leaseTtlMs=10000&operationTimeoutMs=2000${more}`

    before(async function () {
      server = await etcdOrSkip(this)
      if (!server) return
      const commands = [
        'user add root:toor',
        'user grant-role root root',
        'role add ours',
        `role grant-permission ours readwrite --prefix=true ${root}/`,
        `user add me:${password}`,
        'user grant-role me ours',
        'auth enable',
      ]
      for (const command of commands) await server.etcdctl(...command.split(' '))
    })
    after(async () => {
      await server?.stop()
    })

    it('works by user and password, and goes on when the server has forgotten who we are', async () => {
      const store = await opened(urlOf(`me:${encodeURIComponent(password)}`))
      const states: SessionState[] = []
      const watch = await store.watch('/a')
      await store.hold('/a/b', '1')
      await eventually(() => expect(watch.current).to.have.lengthOf(1))
      store.session.subscribe((state) => states.push(state))
      await server.kill()
      await eventually(() => expect(states).to.deep.equal(['suspended']))
      await server.restart()
      await eventually(() => expect(states).to.deep.equal(['suspended', 'connected']))
      await store.put('/a/c', '2')
      await eventually(() => expect(watch.current).to.have.lengthOf(2))
      const other = await opened(urlOf(`me:${encodeURIComponent(password)}`))
      expect(await rejection(other.hold('/a/b', '2', { exclusive: true }))).to.have.property('code', 'already_exists')
    })

    for (const [who, user] of Object.entries({
      'a wrong password': 'me:wr0ng',
      'a stranger': 'you:wr0ng',
      nobody: '',
    })) {
      it(`refuses ${who}, and says no secret`, async () => {
        const logger = recordingLogger()
        const url = user === '' ? urlOf('').replace('@', '') : urlOf(user)
        const store = await opened(url, { logger })
        const attempts = [store.get('/a'), store.put('/a', '1'), store.hold('/a', '1'), store.watch('/a')]
        for (const error of await Promise.all(attempts.map(rejection))) {
          expect(error).to.have.property('code', 'unauthenticated')
          expect(`${error}${(error as Error).cause}${JSON.stringify(logger.lines)}`).not.to.contain('wr0ng')
        }
        // Nobody is given a lease, too, but may write nothing in its name.
        if (user !== '') expect(store.session.current).to.equal('suspended')
      })
    }

    it('says where its role ends', async () => {
      const url = urlOf(`me:${encodeURIComponent(password)}`).replace(root, '/theirs')
      const store = await opened(url)
      const attempts = [store.get('/a'), store.put('/a', '1'), store.hold('/a', '1'), store.list('/a')]
      for (const error of await Promise.all(attempts.map(rejection))) {
        expect(error).to.have.property('code', 'permission_denied')
      }
    })
  })

  describe('with TLS', () => {
    let server: EtcdServer
    let dir: string
    before(async function () {
      dir = await mkdtemp(join(tmpdir(), 'kumquat-'))
      server = await etcdOrSkip(this, { tls: true })
      if (server) await writeFile(join(dir, 'ca.pem'), await server.certificate())
    })
    after(async () => {
      await server?.stop()
      await rm(dir, { recursive: true })
    })

    it('works with a server whose certificate is known', async () => {
      const store = await opened(`${server.url()}?caFile=${join(dir, 'ca.pem')}`)
      const watch = await store.watch('/a')
      await store.hold('/a/b', '1')
      await eventually(() => expect(watch.current).to.have.lengthOf(1))
    })

    it('speaks to no other', async () => {
      const store = await opened(`${server.url()}?operationTimeoutMs=500`)
      const error = await rejection(store.put('/a', 'secret'))
      expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
      expect(error).to.have.property('message').that.contains('CERT')
    })

    it('is refused with a file that is not there', async () => {
      const error = await rejection(open(`${server.url()}?caFile=${join(dir, 'absent.pem')}`))
      expect(error).to.be.instanceOf(TypeError)
      expect(error).to.have.property('message').that.contains('caFile').and.contains('absent.pem')
    })
  })

  describe('with a server that lets huge values in', () => {
    let server: EtcdServer
    before(async function () {
      server = await etcdOrSkip(this, { flags: ['--max-request-bytes=30000000'] })
    })
    after(async () => {
      await server?.stop()
    })

    it('reads the neighbours of one that is too large, and goes on watching', async () => {
      const root = `/huge-${uniqueId()}`
      const logger = recordingLogger()
      const store = await opened(server.url(root), { logger, rereadMs: 86_400_000 })
      const watch = await store.watch('/a')
      for (const name of ['a', 'c', 'd']) await store.put(`/a/${name}`, name)
      const huge = Buffer.from(`${root}/a/b`).toString('base64')
      await server.ask('/v3/kv/put', { key: huge, value: Buffer.alloc(10_000_000, 'x').toString('base64') })
      const valuesOf = (): string[] => watch.current.map(({ value }) => value)
      await eventually(() => expect(valuesOf()).to.deep.equal(['a', '', 'c', 'd']))
      expect(logger.lines.map(({ message }) => message).join()).to.contain('too large')
      expect(await rejection(store.get('/a/b'))).to.have.property('code', 'resource_exhausted')
      await store.put('/a/d', 'new')
      await eventually(() => expect(valuesOf()).to.deep.equal(['a', '', 'c', 'new']))
    })
  })

  it('knows what is no etcd', async () => {
    const answers = ['<html>welcome</html>', '{}', '[]', '{"header":{}}', 'null', '{"error":{"message":5}}']
    for (const answer of answers) {
      const server = createServer((_, response) => void response.end(answer)).listen(0, '127.0.0.1')
      await eventually(() => expect(server.address()).to.be.an('object'))
      const { port } = server.address() as { port: number }
      const store = etcd({ servers: `127.0.0.1:${port}`, operationTimeoutMs: 300 })
      stores.push(store)
      const attempts = [store.get('/a'), store.list('/a'), store.put('/a', '1'), store.watch('/a')]
      for (const error of await Promise.all(attempts.map(rejection))) {
        expect(error, answer).to.have.property('code').that.is.oneOf(['unavailable', 'unknown'])
      }
      expect(store.session.current).to.equal('suspended')
      server.closeAllConnections()
      server.close()
    }
  })

  it('refuses options that make no sense, without a secret', () => {
    const wrong = [{ servers: '' }, { servers: 'a:b' }, { servers: 'a/b' }, { servers: 'me:secret@a' }]
    for (const options of wrong)
      expect(() => etcd(options), JSON.stringify(options))
        .to.throw(TypeError)
        .not.match(/secret/)
    const outOfRange = [{ leaseTtlMs: 1 }, { operationTimeoutMs: 0 }, { connectTimeoutMs: 0 }, { maxValueBytes: 2e6 }]
    for (const options of outOfRange) expect(() => etcd({ servers: 'a', ...options })).to.throw(RangeError)
  })
})
