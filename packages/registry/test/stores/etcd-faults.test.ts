import { type SessionState, type Store, systemClock } from '@kumquat/core'
import { eventually, recordingLogger } from '@kumquat/core/testing'
import { type OpenOptions, open } from '@kumquat/registry'
import { expect } from 'chai'
import { type EtcdServer, etcdOrSkip } from '../../../../test/servers/etcd.ts'
import { rejection } from '../rejection.ts'
import { type Line, lineTo } from './etcd-line.ts'
import { HOLDER, type Running, run, startHolder } from './processes.ts'

/** What the rounds of the store would find anyway is not what is tested here. */
const NO_ROUNDS: OpenOptions = { auditMs: 86_400_000, rereadMs: 86_400_000 }
const TTL_MS = 2_000

describe('etcd store, on bad days', function () {
  this.timeout(60_000)
  let server: EtcdServer
  let url: string
  const stores: Store[] = []
  const others: AsyncDisposable[] = []

  before(async function () {
    server = await etcdOrSkip(this)
  })
  beforeEach(() => {
    url = server.url()
  })
  afterEach(async () => {
    server.resume()
    for (const store of stores.splice(0)) await store[Symbol.asyncDispose]()
    for (const other of others.splice(0)) await other[Symbol.asyncDispose]()
  })
  after(async () => {
    await server?.stop()
  })

  const opened = async (options = '', more: OpenOptions = {}, at = url): Promise<Store> => {
    const store = await open(`${at}?${options || `leaseTtlMs=${TTL_MS}`}`, { ...NO_ROUNDS, ...more })
    stores.push(store)
    await eventually(() => expect(store.session.current).to.equal('connected'), { withinMs: 10_000 })
    return store
  }
  const holding = async (path: string): Promise<Running> => {
    const holder = await startHolder(`${url}?leaseTtlMs=${TTL_MS}`, path)
    others.push(holder)
    return holder
  }
  const line = async (): Promise<Line> => {
    const made = await lineTo(server.port)
    others.push(made)
    return made
  }
  const through = ({ port }: Line): string => url.replace(/:\d+/, `:${port}`)
  const statesOf = (store: Store): SessionState[] => {
    const states: SessionState[] = []
    store.session.subscribe((state) => states.push(state))
    return states
  }
  const namesOf = async (store: Store, path: string): Promise<string[]> =>
    (await store.list(path)).map(({ name }) => name)

  describe('the process that holds', () => {
    it('takes its entries along within the time of its lease when it is killed', async () => {
      const watch = await (await opened()).watch('/a')
      const holder = await holding('/a/b')
      await eventually(() => expect(watch.current).to.have.lengthOf(1))
      const killed = systemClock.now()
      holder.signal('SIGKILL')
      await holder.exit
      await eventually(() => expect(watch.current).to.deep.equal([]), { withinMs: TTL_MS + 1_000 })
      expect(systemClock.now() - killed, 'it had a right to be there until then').to.be.above(TTL_MS / 2)
    })

    it('makes its entries again after it was frozen for longer than its lease', async () => {
      const watch = await (await opened()).watch('/a')
      const holder = await holding('/a/b')
      await eventually(() => expect(watch.current).to.have.lengthOf(1))
      holder.signal('SIGSTOP')
      await eventually(() => expect(watch.current).to.deep.equal([]))
      holder.signal('SIGCONT')
      await eventually(() => expect(watch.current).to.have.lengthOf(1))
    })

    it('takes them along at once when it ends well', async () => {
      const watch = await (await opened()).watch('/a')
      const holder = await holding('/a/b')
      await eventually(() => expect(watch.current).to.have.lengthOf(1))
      holder.leave()
      await eventually(() => expect(watch.current).to.deep.equal([]), { withinMs: TTL_MS / 2 })
      expect(await holder.exit).to.equal(0)
      expect(holder.output()).to.equal('held\n')
    })

    it('is not kept from ending by a store with nothing to do', async () => {
      const idler = run(new URL('./idler.ts', import.meta.url), [url])
      others.push(idler)
      expect(await idler.exit).to.equal(0)
      expect(idler.output()).to.equal('idle\n')
    })

    it('is told to install the package when it is missing', async () => {
      const without = new URL('./without-undici.ts', import.meta.url).href
      const holder = run(HOLDER, [url, '/a', 'x'], ['--import', without])
      others.push(holder)
      expect(await holder.exit).to.equal(1)
      expect(holder.output()).to.contain('npm install undici').and.contain("Cannot find package 'undici'")
    })

    it('leaves a leftover to the next one as soon as its lease is over, and no sooner', async () => {
      const holder = await holding('/a/b')
      holder.signal('SIGKILL')
      await holder.exit
      const store = await opened()
      expect(await store.get('/a/b')).to.have.property('value', 'x')
      await store.hold('/a/b', 'mine', { exclusive: true })
      expect(await store.get('/a/b')).to.have.property('value', 'mine')
    })
  })

  describe('the server', () => {
    it('keeps what is held through its own death', async () => {
      // However long the server takes to start on a busy machine, the lease is not over by then.
      const store = await opened('leaseTtlMs=15000')
      const watch = await store.watch('/a')
      await store.hold('/a/b', '1')
      const revision = (await store.get('/a/b'))?.revision
      const states = statesOf(store)
      await server.kill()
      await eventually(() => expect(states).to.deep.equal(['suspended']))
      await server.restart()
      await eventually(() => expect(states).to.deep.equal(['suspended', 'connected']))
      expect(await store.get('/a/b')).to.have.property('revision', revision)
      await (await opened()).put('/a/c', '2')
      await eventually(() => expect(watch.current.map(({ name }) => name)).to.deep.equal(['b', 'c']))
    })

    it('is believed to have lost what is held when it is away for longer than the lease', async () => {
      const store = await opened()
      const watch = await (await opened()).watch('/a')
      const held = await store.hold('/a/b', '1')
      const sets: number[] = []
      watch.subscribe((entries) => sets.push(entries.length))
      const states = statesOf(store)
      await server.kill()
      await eventually(() => expect(states).to.deep.equal(['suspended', 'lost']))
      await server.restart()
      await eventually(() => expect(states).to.deep.equal(['suspended', 'lost', 'connected']))
      await held.update('2')
      await eventually(() => expect(watch.current.map(({ value }) => value)).to.deep.equal(['2']))
      expect(sets, 'the late death of the lease before took the entry with it').not.to.include(0)
    })

    it('finds everything made again after its data were lost', async () => {
      const store = await opened()
      for (let i = 0; i < 20; i += 1) await store.put('/x', `${i}`)
      const watch = await store.watch('/a')
      await store.hold('/a/b', '1')
      const states = statesOf(store)
      await server.restart({ wipe: true })
      await eventually(() => expect(states.at(-1)).to.equal('connected'), { withinMs: 10_000 })
      expect(states).to.include('lost')
      await eventually(() => expect(watch.current.map(({ name }) => name)).to.deep.equal(['b']))
      await (await opened()).put('/a/c', '2')
      await eventually(() => expect(watch.current.map(({ name }) => name)).to.deep.equal(['b', 'c']))
    })

    it('is not waited for longer than asked when it freezes, and is used again when it thaws', async () => {
      const store = await opened(`leaseTtlMs=${TTL_MS}&operationTimeoutMs=500`)
      await store.put('/a', '1')
      server.pause()
      expect(await rejection(store.get('/a'))).to.have.property('code', 'unavailable')
      expect(await rejection(store.hold('/late', '1'))).to.have.property('code', 'unavailable')
      await eventually(() => expect(store.session.current).to.equal('lost'))
      server.resume()
      await eventually(async () => expect(await store.get('/a')).to.have.property('value', '1'))
      await eventually(() => expect(store.session.current).to.equal('connected'))
      await eventually(async () => expect(await store.get('/late')).to.equal(undefined))
    })

    it('is named, with the next step, when it is not there', async () => {
      for (const servers of ['127.0.0.1:1', 'no-such-host.invalid:2379']) {
        const store = await open(`etcd://me:secret@${servers}?operationTimeoutMs=800`)
        stores.push(store)
        const error = await rejection(store.get('/a'))
        expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
        expect(error).to.have.property('message').that.contains(servers).and.contains('is it running')
        expect(store.session.current).to.equal('suspended')
      }
    })

    it('is found once it is there', async () => {
      await server.kill()
      const store = await open(url)
      stores.push(store)
      const held = store.hold('/a', '1')
      await server.restart()
      await held
      expect(await store.get('/a')).to.have.property('value', '1')
    })

    it('is looked for at the next address', async () => {
      const store = await opened('', {}, url.replace('127.0.0.1', '127.0.0.1:1,127.0.0.1'))
      await store.hold('/a', '1')
      expect(await store.get('/a')).to.have.property('value', '1')
    })
  })

  it('goes on at another address when one falls silent, with the same lease', async () => {
    const silent = await line()
    const at = through(silent).replace(`:${silent.port}`, `:${silent.port},127.0.0.1:${server.port}`)
    const store = await opened('leaseTtlMs=6000&operationTimeoutMs=1000', {}, at)
    const watch = await store.watch('/a')
    await store.hold('/a/b', '1')
    const revision = (await store.get('/a/b'))?.revision
    silent.hold()
    await eventually(async () => expect(await store.get('/a/b')).to.have.property('revision', revision))
    await (await opened()).put('/a/c', '2')
    await eventually(() => expect(watch.current).to.have.lengthOf(2), { withinMs: 20_000 })
    expect(await store.get('/a/b')).to.have.property('revision', revision)
  })

  describe('a watch', () => {
    it('goes on after what it missed was compacted away', async () => {
      const held = await line()
      const watch = await (await opened('', {}, through(held))).watch('/a')
      const other = await opened()
      await other.put('/a/b', '1')
      await eventually(() => expect(watch.current).to.have.lengthOf(1))
      held.hold()
      for (let i = 0; i < 5; i += 1) await other.put('/a/c', `${i}`)
      await server.etcdctl('compact', (await other.put('/a/d', '1')).toString())
      held.mend()
      await eventually(() => expect(watch.current.map(({ name }) => name)).to.deep.equal(['b', 'c', 'd']), {
        withinMs: 15_000,
      })
      await other.delete('/a/b')
      await eventually(() => expect(watch.current.map(({ name }) => name)).to.deep.equal(['c', 'd']))
    })

    it('notices by itself that its line is dead, though nobody says so', async () => {
      const half = await line()
      const store = await opened('', {}, through(half))
      const watch = await store.watch('/a')
      const other = await opened()
      await other.put('/a/b', '1')
      await eventually(() => expect(watch.current).to.have.lengthOf(1))
      half.hold({ newOnes: true })
      await other.put('/a/c', '1')
      await eventually(() => expect(watch.current).to.have.lengthOf(2), { withinMs: 20_000 })
    })

    it('tells a burst of changes in a few sets', async () => {
      const watch = await (await opened()).watch('/a')
      const other = await opened()
      let sets = 0
      watch.subscribe(() => {
        sets += 1
      })
      await Promise.all(Array.from({ length: 500 }, (_, i) => other.put(`/a/${i}`, 'x')))
      await eventually(() => expect(watch.current).to.have.lengthOf(500))
      expect(sets).to.be.below(100)
    })
  })

  it('puts back at once what another hand has removed or altered', async () => {
    const root = `/touched-${process.pid}`
    url = server.url(root)
    const store = await opened()
    await store.hold('/a/b', '1')
    await store.hold('/c', '2')
    await server.etcdctl('del', `${root}/a/b`)
    await eventually(async () => expect(await store.get('/a/b')).to.have.property('value', '1'))
    await server.etcdctl('put', `${root}/c`, 'altered')
    await eventually(async () => expect(await store.get('/c')).to.have.property('value', '2'))
  })

  it('is held again after a line that was half open for longer than its lease', async () => {
    const half = await line()
    const store = await opened(`leaseTtlMs=${TTL_MS}&operationTimeoutMs=1000`, {}, through(half))
    const other = await opened()
    await store.hold('/a/b', '1')
    const states = statesOf(store)
    half.hold()
    await eventually(() => expect(states).to.deep.equal(['suspended', 'lost']), { withinMs: TTL_MS + 1_000 })
    await eventually(async () => expect(await namesOf(other, '/a')).to.deep.equal([]))
    half.mend()
    await eventually(async () => expect(await namesOf(other, '/a')).to.deep.equal(['b']))
    await eventually(() => expect(states.at(-1)).to.equal('connected'))
  })

  describe('what others wrote', () => {
    it('is listed whole, however much of it there is, and however deep', async () => {
      const store = await opened()
      const names = Array.from({ length: 1_500 }, (_, i) => `n${i}`)
      await Promise.all(names.map((name) => store.put(`/a/${name}`, name)))
      const deep = ['b', 'b-c', 'b.c', 'b0']
      for (const name of deep) for (let i = 0; i < 5; i += 1) await store.put(`/a/${name}/x${i}/y`, '1')
      await store.put('/a/b-c', 'itself')
      expect(await namesOf(store, '/a')).to.deep.equal([...names, ...deep].sort())
      expect((await store.list('/a')).filter(({ value }) => value !== '')).to.have.lengthOf(names.length + 1)
    })

    it('hides no neighbour, whatever it is called', async () => {
      const root = `/hostile-${process.pid}`
      url = server.url(root)
      const store = await opened()
      const watch = await store.watch('/a')
      const bad = ['/a//x', '/a/', '/a/b\nc', '/a/\u0000', '/a/..', `/a/${'n'.repeat(300)}`, '/a/\u2028/b']
      const keys = [...bad.map((path) => Buffer.from(root + path)), Buffer.from(`${root}/a/\xff`, 'latin1')]
      for (const key of keys) {
        await server.ask('/v3/kv/put', { key: key.toString('base64'), value: 'bm90IEpTT04=' })
      }
      await server.etcdctl('put', `${root}/a/good`, '1')
      await eventually(() => expect(watch.current.map(({ name }) => name)).to.include('good'))
      expect(await namesOf(store, '/a')).to.deep.equal(watch.current.map(({ name }) => name))
      for (const { name } of watch.current) expect(name).to.match(/^(good|\u2028)$/)
    })
  })

  it('keeps no secret in what it says', async () => {
    const logger = recordingLogger()
    const store = await open(url.replace('//', '//me:secret@'), { logger })
    stores.push(store)
    await store.get('/a')
    expect(logger.lines.map(({ message }) => message)).to.deep.equal([
      'etcd was given user and password, but has authentication switched off',
    ])
    const refused = await rejection(open('etcd://me:secret@127.0.0.1:99999'))
    expect(String(refused)).not.to.contain('secret')
  })
})
