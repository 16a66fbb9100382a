import { readFile } from 'node:fs/promises'
import type { Store } from '@kumquat/core'
import { eventually, recordingLogger } from '@kumquat/core/testing'
import { type OpenOptions, open } from '@kumquat/registry'
import { expect } from 'chai'
import { serverOrSkip, type ZookeeperServer } from '../../../../test/servers/zookeeper.ts'
import { rejection } from '../rejection.ts'
import { zookeeperChildren } from './processes.ts'

const PASSWORD = 'correct-horse'

describe('ZooKeeper store, with users', function () {
  this.timeout(40_000)
  let server: ZookeeperServer
  let root: string
  const stores: Store[] = []

  before(async function () {
    server = await serverOrSkip(this)
  })
  beforeEach(() => {
    root = new URL(server.url().replace('zookeeper:', 'http:')).pathname
  })
  afterEach(async () => {
    for (const store of stores.splice(0)) await store[Symbol.asyncDispose]()
  })
  after(async () => {
    await server?.stop()
  })

  const opened = async (user: string, options = '', more: OpenOptions = {}): Promise<Store> => {
    const url = `zookeeper://${user}127.0.0.1:${server.port}${root}?operationTimeoutMs=20000${options}`
    const store = await open(url, more)
    stores.push(store)
    return store
  }
  const ALICE = `alice:${PASSWORD}@`

  it('lets everybody read what a user made, and its makers alone change it', async () => {
    const alice = await opened(ALICE)
    const held = await alice.hold('/a/held', '1')
    await alice.put('/a/put', '1')
    for (const user of ['', 'bob:secret@', 'alice:wrong@']) {
      const other = await opened(user)
      expect((await other.list('/a')).map(({ value }) => value)).to.deep.equal(['1', '1'])
      const refused = [
        other.put('/a/put', '2'),
        other.delete('/a/put'),
        other.hold('/a/held', '2'),
        other.put('/b', ''),
      ]
      for (const error of await Promise.all(refused.map(rejection))) {
        expect(error).to.have.property('code', 'permission_denied')
        expect(String(error)).to.contain('access list')
      }
    }
    const again = await opened(ALICE)
    await again.put('/a/put', '3')
    await again.hold('/a/neighbour', '3')
    await held.update('3')
    expect((await alice.list('/a')).map(({ value }) => value)).to.deep.equal(['3', '3', '3'])
  })

  it('is the same user on every new connection, of a new process too', async () => {
    const alice = await opened(ALICE)
    const held = await alice.hold('/a/held', '1')
    await eventually(() => expect(alice.session.current).to.equal('connected'))
    for (const child of await zookeeperChildren(process.pid)) process.kill(child, 'SIGKILL')
    await eventually(() => expect(alice.session.current).to.equal('lost'))
    await eventually(() => expect(alice.session.current).to.equal('connected'))
    await held.update('2')
    await server.restart()
    await held.update('3')
    const nobody = await opened('')
    expect(await nobody.get('/a/held')).to.have.property('value', '3')
    expect(await rejection(nobody.put('/a/held', '4'))).to.have.property('code', 'permission_denied')
  })

  it('leaves everything open when it is told to', async () => {
    const alice = await opened(ALICE, '&acl=open')
    await alice.put('/a/b', '1')
    const nobody = await opened('')
    await nobody.put('/a/b', '2')
    await nobody.put('/a/c', '2')
    expect(await alice.list('/a')).to.have.lengthOf(2)
  })

  it('shows the password to nobody: not in the process that talks to ZooKeeper, in no log and in no error', async () => {
    const logger = recordingLogger()
    const alice = await opened(ALICE, '', { logger })
    await alice.put('/a', '1')
    const children = await zookeeperChildren(process.pid)
    expect(children).to.have.lengthOf(1)
    for (const child of children) {
      for (const file of ['cmdline', 'environ']) {
        expect(await readFile(`/proc/${child}/${file}`, 'utf8')).to.not.contain(PASSWORD)
      }
      process.kill(child, 'SIGKILL')
    }
    await eventually(() => expect(logger.lines).to.not.have.lengthOf(0))
    const nowhere = await open(`zookeeper://${ALICE}127.0.0.1:1/x?operationTimeoutMs=300`, { logger })
    stores.push(nowhere)
    const error = await rejection(nowhere.get('/a'))
    expect(error).to.have.property('code', 'unavailable')
    const { message, stack } = error as Error
    expect(JSON.stringify([message, stack, logger.lines])).to.not.contain(PASSWORD)
  })
})
