import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { SessionState, Store } from '@kumquat/core'
import { eventually, recordingLogger } from '@kumquat/core/testing'
import { type OpenOptions, open } from '@kumquat/registry'
import { zookeeper } from '@kumquat/registry/zookeeper'
import { expect } from 'chai'
import { type Line, lineTo } from '../../../../test/faults/line.ts'
import { serverOrSkip, type ZookeeperServer } from '../../../../test/servers/zookeeper.ts'
import { rejection } from '../rejection.ts'
import { HOLDER, type Running, run, startHolder, zookeeperChildren } from './processes.ts'

/** The machine that runs tests may be busy; what is written behind this takes precedence. */
const PATIENT = 'operationTimeoutMs=20000'

describe('ZooKeeper store, on bad days', function () {
  this.timeout(40_000)
  let server: ZookeeperServer
  let url: string
  const stores: Store[] = []
  const others: Running[] = []

  before(async function () {
    server = await serverOrSkip(this)
  })
  beforeEach(() => {
    url = server.url()
  })
  afterEach(async () => {
    for (const other of others.splice(0)) await other[Symbol.asyncDispose]()
    for (const store of stores.splice(0)) await store[Symbol.asyncDispose]()
  })
  after(async () => {
    await server?.stop()
  })

  const opened = async (options = '', more: OpenOptions = {}): Promise<Store> => {
    const store = await open(`${url}?${PATIENT}&${options}`, more)
    stores.push(store)
    return store
  }
  const holding = async (path: string, options = ''): Promise<Running> => {
    const holder = await startHolder(`${url}?${PATIENT}&${options}`, path)
    others.push(holder)
    return holder
  }
  const statesOf = (store: Store): SessionState[] => {
    const states: SessionState[] = []
    store.session.subscribe((state) => states.push(state))
    return states
  }

  describe('the process that holds', () => {
    for (const signal of ['signal', 'signalGroup'] as const) {
      it(`takes its entries along at once when ${signal === 'signal' ? 'it' : 'its whole group'} is killed`, async () => {
        const store = await opened()
        const watch = await store.watch('/a')
        const holder = await holding('/a/b', 'sessionTimeoutMs=9000')
        await eventually(() => expect(watch.current).to.have.lengthOf(1))
        const [child = 0] = await zookeeperChildren(holder.pid)
        holder[signal]('SIGKILL')
        await holder.exit
        // Bound far below the session time-out, after which it would be gone anyway.
        await eventually(() => expect(watch.current).to.deep.equal([]), { withinMs: 2_000 })
        await eventually(async () => expect(await isRunning(child)).to.equal(false))
      })
    }

    it('loses its entries while it hangs, and has them again when it does no more', async () => {
      const holder = await holding('/a/b', 'hungAfterMs=1000&sessionTimeoutMs=9000')
      const store = await opened()
      const watch = await store.watch('/a')
      const [child = 0] = await zookeeperChildren(holder.pid)
      holder.signal('SIGSTOP')
      await eventually(() => expect(watch.current).to.deep.equal([]))
      expect(await isRunning(child)).to.equal(true)
      holder.signal('SIGCONT')
      await eventually(() => expect(watch.current.map(({ value }) => value)).to.deep.equal(['x']))
      expect(await zookeeperChildren(holder.pid)).to.deep.equal([child])
    })

    it('ends well, with nothing on its terminal, while the server is gone', async () => {
      const holder = await holding('/a/b')
      const [child = 0] = await zookeeperChildren(holder.pid)
      await server.kill()
      holder.leave()
      expect(await holder.exit).to.equal(0)
      expect(holder.output()).to.equal('held\n')
      await eventually(async () => expect(await isRunning(child)).to.equal(false))
      await server.restart()
    })

    it('is not kept from ending by a store with nothing to do', async () => {
      const idler = run(new URL('./idler.ts', import.meta.url), [`${url}?${PATIENT}`])
      others.push(idler)
      expect(await idler.exit).to.equal(0)
      expect(idler.output()).to.equal('idle\n')
    })

    it('is told to install the package when it is missing', async () => {
      const without = new URL('./without-zookeeper.ts', import.meta.url).href
      const holder = run(HOLDER, [url, '/a', 'x'], ['--import', without])
      others.push(holder)
      expect(await holder.exit).to.equal(1)
      expect(holder.output()).to.contain('npm install zookeeper').and.contain("Cannot find package 'zookeeper'")
    })
  })

  describe('the process that talks to ZooKeeper', () => {
    it('is started again when it is killed, and makes everything as it was', async () => {
      const logger = recordingLogger()
      const store = await opened('', { logger })
      const held = await store.hold('/a/b', '1')
      const watch = await store.watch('/w')
      await eventually(() => expect(store.session.current).to.equal('connected'))
      const states = statesOf(store)
      const [child = 0] = await zookeeperChildren(process.pid)
      process.kill(child, 'SIGKILL')
      await eventually(() => expect(states).to.deep.equal(['lost', 'connected']))
      expect(logger.lines.some(({ message }) => message.includes('ended by SIGKILL'))).to.equal(true)
      expect(await zookeeperChildren(process.pid))
        .to.have.lengthOf(1)
        .and.not.include(child)
      const other = await opened()
      await held.update('2')
      await other.put('/w/x', 'seen')
      await eventually(() => expect(watch.current).to.have.lengthOf(1))
      expect(await other.get('/a/b')).to.have.property('value', '2')
      await held[Symbol.asyncDispose]()
      expect(await other.get('/a/b')).to.equal(undefined)
    })

    it('makes again what it lost while it was frozen', async () => {
      const store = await opened('sessionTimeoutMs=1000')
      await store.hold('/a/b', '1')
      await eventually(() => expect(store.session.current).to.equal('connected'))
      const states = statesOf(store)
      const [child = 0] = await zookeeperChildren(process.pid)
      process.kill(child, 'SIGSTOP')
      const other = await opened()
      await eventually(async () => expect(await other.get('/a/b')).to.equal(undefined))
      process.kill(child, 'SIGCONT')
      await eventually(async () => expect(await other.get('/a/b')).to.have.property('value', '1'))
      await eventually(() => expect(states.at(-1)).to.equal('connected'))
      expect(states).to.include('lost')
    })

    it('does not heed the signals of the terminal', async () => {
      const store = await opened()
      await store.hold('/a', '1')
      const states = statesOf(store)
      const [child = 0] = await zookeeperChildren(process.pid)
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(child, signal)
      await store.put('/b', '1')
      expect(states).not.to.include('lost')
      expect(await isRunning(child)).to.equal(true)
    })

    it('is gone when the store is closed', async () => {
      const store = await opened()
      await store.get('/a')
      const [child = 0] = await zookeeperChildren(process.pid)
      await store[Symbol.asyncDispose]()
      expect(await isRunning(child)).to.equal(false)
    })
  })

  describe('the server', () => {
    it('keeps the session of a store through its own death', async () => {
      const store = await opened()
      const watch = await store.watch('/a')
      await store.hold('/a/b', '1')
      await eventually(() => expect(store.session.current).to.equal('connected'))
      const revision = (await store.get('/a/b'))?.revision
      const states = statesOf(store)
      await server.kill()
      await server.restart()
      await eventually(() => expect(states).to.deep.equal(['suspended', 'connected']), { withinMs: 10_000 })
      expect(await store.get('/a/b')).to.have.property('revision', revision)
      await store.put('/a/c', '2')
      await eventually(() => expect(watch.current.map(({ name }) => name)).to.deep.equal(['b', 'c']))
    })

    it('is not waited for longer than asked when it freezes, and is used again when it thaws', async () => {
      const store = await opened('operationTimeoutMs=500')
      await eventually(() => store.put('/a', '1'))
      server.pause()
      expect(await rejection(store.get('/a'))).to.have.property('code', 'unavailable')
      server.resume()
      await eventually(async () => expect(await store.get('/a')).to.have.property('value', '1'), { withinMs: 15_000 })
    })

    it('keeps nothing of a hold that it did not answer in time', async () => {
      const store = await opened('operationTimeoutMs=500&sessionTimeoutMs=9000')
      await eventually(() => store.put('/a/b', '1'))
      server.pause()
      const late = await Promise.all([1, 2, 3].map((i) => rejection(store.hold(`/a/late-${i}`, 'x'))))
      for (const error of late) expect(error).to.have.property('code', 'unavailable')
      server.resume()
      await eventually(() => store.put('/a/c', '1'), { withinMs: 15_000 })
      await eventually(async () => expect((await store.list('/a')).map(({ name }) => name)).to.deep.equal(['b', 'c']))
    })

    it('is named, with the next step, when it is not there', async () => {
      for (const servers of ['127.0.0.1:1', 'no-such-host.invalid:2181']) {
        const store = zookeeper({ servers, operationTimeoutMs: 800 })
        stores.push(store)
        const error = await rejection(store.get('/a'))
        expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
        expect(error).to.have.property('message').that.contains(servers).and.contains('is it running')
        expect(store.session.current).to.equal('suspended')
      }
    })

    it('is found once it is there', async () => {
      await server.kill()
      const store = await opened()
      const held = store.hold('/a', '1')
      await server.restart()
      await held
      expect(await store.get('/a')).to.have.property('value', '1')
    })
  })

  describe('a line that swallows everything and tells nobody', () => {
    let line: Line

    beforeEach(async () => {
      line = await lineTo(server.port)
      url = server.url().replace(`:${server.port}`, `:${line.port}`)
    })
    afterEach(async () => {
      line.heal()
      await line[Symbol.asyncDispose]()
    })

    it('is noticed, and everything is as it was when it is good again', async () => {
      const store = await opened('sessionTimeoutMs=2000&connectTimeoutMs=1000')
      const watch = await store.watch('/w')
      await store.hold('/a/b', '1')
      await eventually(() => expect(store.session.current).to.equal('connected'))
      const states = statesOf(store)
      const beyond = await open(url.replace(`:${line.port}`, `:${server.port}`))
      stores.push(beyond)
      line.halfOpen()
      await eventually(() => expect(states).to.deep.equal(['suspended']))
      await eventually(async () => expect(await beyond.get('/a/b')).to.equal(undefined))
      await beyond.put('/w/x', 'meanwhile')
      line.heal()
      await eventually(() => expect(states.at(-1)).to.equal('connected'), { withinMs: 20_000 })
      expect(states).to.include('lost')
      expect(await beyond.get('/a/b')).to.have.property('value', '1')
      await eventually(() => expect(watch.current.map(({ value }) => value)).to.deep.equal(['meanwhile']))
    })
  })

  it('brings back at once what was removed by hand, and does not wait for the audit', async () => {
    const store = await opened('', { auditMs: 80_000_000 })
    const other = await opened()
    const held = await store.hold('/a/b', '1')
    await eventually(() => expect(store.session.current).to.equal('connected'))
    for (const value of ['1', '2', '3']) {
      await held.update(value)
      await other.delete('/a/b')
      await eventually(async () => expect(await other.get('/a/b')).to.have.property('value', value))
    }
    await other.put('/a/b', 'by hand')
    await eventually(async () => expect(await other.get('/a/b')).to.have.property('value', '3'))
  })

  it('makes its own again what somebody else has put there, with the same value too', async () => {
    const logger = recordingLogger()
    const store = await opened('', { logger, auditMs: 100 })
    const other = await opened()
    await store.hold('/a/b', '1')
    await eventually(() => expect(store.session.current).to.equal('connected'))
    await other.delete('/a/b')
    await other.put('/a/b', '1')
    // It was restored before that put, which then left it ours, or it is after it.
    await eventually(() => expect(logger.lines.some(({ message }) => message.includes('restored'))).to.equal(true))
    await store[Symbol.asyncDispose]()
    expect(await other.get('/a/b')).to.equal(undefined)
  })

  it('replaces the leftover of a dead session as soon as that is over, and no sooner', async () => {
    const holder = await holding('/a/b', 'sessionTimeoutMs=2000')
    const [child = 0] = await zookeeperChildren(holder.pid)
    process.kill(child, 'SIGKILL')
    holder.signal('SIGKILL')
    await holder.exit
    const store = await opened('sessionTimeoutMs=2000')
    expect(await store.get('/a/b')).to.have.property('value', 'x')
    await store.hold('/a/b', 'mine', { exclusive: true })
    expect(await store.get('/a/b')).to.have.property('value', 'mine')
  })
})

/** A process that has ended, and that its parent has not asked about yet, is not running. */
async function isRunning(pid: number): Promise<boolean> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => ({ stdout: '' }))
  return stdout !== '' && !stdout.startsWith('Z')
}
