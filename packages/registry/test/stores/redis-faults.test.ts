import { type SessionState, type Store, systemClock } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { type OpenOptions, open } from '@kumquat/registry'
import { redis } from '@kumquat/registry/redis'
import { expect } from 'chai'
import { type RedisServer, redisOrSkip } from '../../../../test/servers/redis.ts'
import { rejection } from '../rejection.ts'
import { HOLDER, type Running, run, startHolder } from './processes.ts'

describe('Redis store, on bad days', function () {
  this.timeout(60_000)
  let server: RedisServer
  let url: string
  const stores: Store[] = []
  const others: Running[] = []

  before(async function () {
    server = await redisOrSkip(this, ['--appendonly', 'yes', '--appendfsync', 'no', '--enable-debug-command', 'local'])
  })
  beforeEach(() => {
    url = server.url()
  })
  afterEach(async () => {
    server.resume()
    for (const other of others.splice(0)) await other[Symbol.asyncDispose]()
    for (const store of stores.splice(0)) await store[Symbol.asyncDispose]()
  })
  after(async () => {
    await server?.stop()
  })

  const opened = async (options = 'sessionTimeoutMs=2000', more: OpenOptions = {}): Promise<Store> => {
    const store = await open(`${url}&${options}`, more)
    stores.push(store)
    await eventually(() => expect(store.session.current).to.equal('connected'), { withinMs: 10_000 })
    return store
  }
  const holding = async (path: string, options: string): Promise<Running> => {
    const holder = await startHolder(`${url}&${options}`, path)
    others.push(holder)
    return holder
  }
  const namesOf = async (store: Store, path: string): Promise<string[]> =>
    (await store.list(path)).map(({ name }) => name)

  describe('the process that holds', () => {
    it('takes its entries along within its time-out when it is killed', async () => {
      const store = await opened()
      const watch = await store.watch('/a')
      const holder = await holding('/a/b', 'sessionTimeoutMs=3000')
      await eventually(() => expect(watch.current).to.have.lengthOf(1))
      const killed = systemClock.now()
      holder.signal('SIGKILL')
      await holder.exit
      await eventually(() => expect(watch.current).to.deep.equal([]), { withinMs: 3_000 + 1_000 })
      expect(systemClock.now() - killed, 'it had a right to be there until then').to.be.above(3_000 * 0.6)
      const root = new URL(url).searchParams.get('root')
      expect((await server.cli('keys', `{${root}}:session:*`)).split('\n')).to.have.lengthOf(1)
    })

    it('makes its entries again after it was frozen for longer than its time-out', async () => {
      const store = await opened()
      const watch = await store.watch('/a')
      const holder = await holding('/a/b', 'sessionTimeoutMs=1000')
      await eventually(() => expect(watch.current).to.have.lengthOf(1))
      holder.signal('SIGSTOP')
      await eventually(() => expect(watch.current).to.deep.equal([]))
      holder.signal('SIGCONT')
      await eventually(() => expect(watch.current).to.have.lengthOf(1))
    })

    it('loses nothing to another, that is dead, and waits for no more than its time-out', async () => {
      const holder = await holding('/a/b', 'sessionTimeoutMs=2000')
      holder.signal('SIGKILL')
      await holder.exit
      const store = await opened()
      expect(await store.get('/a/b')).to.have.property('value', 'x')
      await store.hold('/a/b', 'mine', { exclusive: true })
      expect(await store.get('/a/b')).to.have.property('value', 'mine')
    })

    it('leaves nothing behind when it ends, and is kept by nothing', async () => {
      const store = await opened()
      const holder = await holding('/a/b', 'sessionTimeoutMs=9000')
      holder.leave()
      expect(await holder.exit).to.equal(0)
      expect(await store.list('/a')).to.deep.equal([])
      const idler = run(new URL('./idler.ts', import.meta.url), [url])
      others.push(idler)
      expect(await idler.exit).to.equal(0)
    })

    it('ends soon while the server is frozen, with nothing on its terminal', async () => {
      const holder = await holding('/a/b', 'sessionTimeoutMs=9000')
      server.pause()
      holder.leave()
      expect(await holder.exit).to.equal(0)
      expect(holder.output()).to.equal('held\n')
    })

    it('is told to install the package when it is missing', async () => {
      const without = new URL('./without-ioredis.ts', import.meta.url).href
      const holder = run(HOLDER, [url, '/a', 'x'], ['--import', without])
      others.push(holder)
      expect(await holder.exit).to.equal(1)
      expect(holder.output()).to.contain('npm install ioredis').and.contain("Cannot find package 'ioredis'")
    })
  })

  describe('the data', () => {
    it('may be gone at once, and what is held is made again', async () => {
      const store = await opened()
      const other = await opened()
      const states = statesOf(store)
      const watch = await other.watch('/a')
      await store.hold('/a/b', '1')
      await store.put('/a/c', 'kept by nobody')
      await eventually(() => expect(watch.current).to.have.lengthOf(2))
      await server.cli('flushall')
      await eventually(() => expect(watch.current.map(({ name }) => name)).to.deep.equal(['b']))
      await eventually(() => expect(states).to.deep.equal(['lost', 'connected']))
    })

    it('may be gone in the very moment of a hold', async () => {
      const store = await opened('sessionTimeoutMs=60000')
      await store.hold('/a/b', '1')
      const states = statesOf(store)
      await server.cli('flushall')
      await store.hold('/a/c', '2')
      await eventually(async () => expect(await namesOf(store, '/a')).to.deep.equal(['b', 'c']))
      await eventually(() => expect(states).to.deep.equal(['lost', 'connected']))
    })

    it('may be gone after a restart, or be those of before it', async () => {
      const store = await opened()
      const watch = await (await opened()).watch('/a')
      await store.hold('/a/b', '1')
      for (const wipe of [true, false]) {
        await server.restart({ wipe })
        await store.put('/a/c', `${wipe}`).catch(() => {})
        await eventually(
          async () => {
            await store.put('/a/c', `again ${wipe}`)
            expect(watch.current.map(({ value }) => value)).to.deep.equal(['1', `again ${wipe}`])
          },
          { everyMs: 100 },
        )
      }
    })

    it('are as they were after a night without the server', async () => {
      const store = await opened('sessionTimeoutMs=3000')
      const revision = (await store.hold('/a/b', '1')) && (await store.get('/a/b'))?.revision
      const reader = await opened('sessionTimeoutMs=3000')
      const watch = await reader.watch('/a')
      const sets: number[] = []
      watch.subscribe((entries) => sets.push(entries.length))
      const states = statesOf(store)
      await server.kill()
      await eventually(() => expect(states).to.deep.equal(['suspended']))
      // Longer than the time-out: the bound of this operation.
      expect(await rejection(reader.get('/a'))).to.have.property('code', 'unavailable')
      await server.restart()
      await eventually(() => expect(states.at(-1)).to.equal('connected'))
      expect(states).to.deep.equal(['suspended', 'connected'])
      expect(await reader.get('/a/b')).to.include({ value: '1', revision })
      expect(sets).to.deep.equal([])
    })

    it('may be written by hand', async () => {
      const root = new URL(url).searchParams.get('root')
      const store = await opened()
      const watch = await store.watch('/movie/catalog/providers')
      const key = `{${root}}/movie/catalog/providers`
      for (const value of ['{"port":"1"}', '{"port":"2"}']) {
        await server.cli('hset', key, '10.0.0.1', value)
        await server.cli('publish', `{${root}}:changed/movie/catalog/providers`, '10.0.0.1')
        await eventually(() => expect(watch.current.map((entry) => entry.value)).to.deep.equal([value]))
      }
      const [entry] = watch.current
      await server.cli('hset', key, '10.0.0.1', 'changed meanwhile')
      const late = store.put('/movie/catalog/providers/10.0.0.1', 'x', { ifRevision: entry?.revision ?? null })
      expect(await rejection(late)).to.have.property('code', 'aborted')
    })

    it('may lose an entry to another hand, and it is put back at once', async () => {
      const root = new URL(url).searchParams.get('root')
      const store = await opened('', { auditMs: 60_000 })
      await store.hold('/a/b', '1')
      await (await opened()).delete('/a/b')
      await eventually(async () => expect(await store.get('/a/b')).to.have.property('value', '1'))
      await server.cli('hset', `{${root}}/a`, 'b', 'altered')
      await server.cli('publish', `{${root}}:changed/a`, 'b')
      await eventually(async () => expect(await store.get('/a/b')).to.have.property('value', '1'))
    })

    it('may be of another kind', async () => {
      const root = new URL(url).searchParams.get('root')
      await server.cli('set', `{${root}}/a`, 'x')
      const error = await rejection((await opened()).list('/a'))
      expect(error).to.have.property('code', 'failed_precondition')
      expect(error).to.have.property('message').that.contains('WRONGTYPE')
    })
  })

  describe('the server', () => {
    it('is not waited for longer than asked when it freezes, and is used again when it thaws', async () => {
      const store = await opened('operationTimeoutMs=500')
      await store.put('/a', '1')
      server.pause()
      expect(await rejection(store.get('/a'))).to.have.property('code', 'unavailable')
      server.resume()
      await eventually(async () => expect(await store.get('/a')).to.have.property('value', '1'), { withinMs: 15_000 })
    })

    it('is given up without a question to it when it shows no life', async () => {
      const store = await opened('sessionTimeoutMs=1000')
      const states = statesOf(store)
      server.pause()
      await eventually(() => expect(states).to.deep.equal(['suspended']))
      server.resume()
      await eventually(() => expect(states.at(-1)).to.equal('connected'))
    })

    it('takes nobody away who could not speak while it was frozen', async () => {
      const store = await opened('sessionTimeoutMs=1000')
      const reader = await opened('sessionTimeoutMs=1000&operationTimeoutMs=2500')
      await store.hold('/a/b', '1')
      const watch = await reader.watch('/a')
      const sets: number[] = []
      watch.subscribe((entries) => sets.push(entries.length))
      const states = statesOf(store)
      server.pause()
      expect(await rejection(reader.get('/a/b'))).to.have.property('code', 'unavailable')
      server.resume()
      await eventually(() => expect(states).to.deep.equal(['suspended', 'connected']))
      await reader.put('/a/c', '')
      await eventually(() => expect(watch.current.map(({ name }) => name)).to.deep.equal(['b', 'c']))
      expect(Math.min(...sets)).to.equal(2)
    })

    it('may be slow', async () => {
      const store = await opened('sessionTimeoutMs=1000')
      const states = statesOf(store)
      await store.hold('/a/b', '1')
      const sleeping = server.cli('debug', 'sleep', '2')
      await eventually(() => expect(states).to.include('suspended'))
      await sleeping
      await eventually(() => expect(states.at(-1)).to.equal('connected'))
      expect(states).not.to.include('lost')
      expect(await namesOf(store, '/a')).to.deep.equal(['b'])
    })

    it('keeps nothing of a hold that it did not answer in time', async () => {
      const store = await opened('operationTimeoutMs=500&sessionTimeoutMs=9000')
      await store.put('/a/b', '1')
      server.pause()
      const late = await Promise.all([1, 2, 3].map((i) => rejection(store.hold(`/a/late-${i}`, 'x'))))
      for (const error of late) expect(error).to.have.property('code', 'unavailable')
      server.resume()
      await eventually(() => store.put('/a/c', '1'), { withinMs: 15_000 })
      await eventually(async () => expect(await namesOf(store, '/a')).to.deep.equal(['b', 'c']))
    })

    for (const [setting, refusal] of [
      ['min-replicas-to-write', 'NOREPLICAS'],
      ['maxmemory', 'OOM'],
    ] as const) {
      it(`may refuse to write (${refusal}): then nobody believes what it tells`, async () => {
        const store = await opened('sessionTimeoutMs=1000&operationTimeoutMs=500')
        await store.hold('/a/b', '1')
        const watch = await store.watch('/a')
        const states = statesOf(store)
        await server.cli('config', 'set', setting, '1')
        const error = await rejection(store.put('/a/c', '2'))
        expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
        expect(error).to.have.property('message').that.contains(refusal)
        expect(states).to.deep.equal(['suspended'])
        expect(watch.current).to.have.lengthOf(1)
        await server.cli('config', 'set', setting, '0')
        await eventually(() => expect(states.at(-1)).to.equal('connected'))
        expect(await namesOf(store, '/a')).to.deep.equal(['b'])
      })
    }

    it('is named, with the next step, when it is not there', async () => {
      for (const servers of ['127.0.0.1:1', 'no-such-host.invalid:6379']) {
        const store = redis({ servers, operationTimeoutMs: 800 })
        stores.push(store)
        const error = await rejection(store.get('/a'))
        expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
        expect(error).to.have.property('message').that.contains(servers).and.contains('is it running')
        expect(store.session.current).to.equal('suspended')
      }
    })

    it('is found at another of its addresses', async () => {
      const store = redis({ servers: `127.0.0.1:1,127.0.0.1:${server.port}` })
      stores.push(store)
      await store.put('/a', '1')
      expect(await store.get('/a')).to.have.property('value', '1')
    })
  })

  it('does not care what time the client believes it is', async () => {
    const epoch = (): number => {
      throw new Error('nobody asks for that')
    }
    const store = await opened('sessionTimeoutMs=1000', { clock: { ...systemClock, epoch } })
    const other = await opened()
    const watch = await other.watch('/a')
    await store.hold('/a/b', '1', { exclusive: true })
    await eventually(() => expect(watch.current).to.have.lengthOf(1))
    await store[Symbol.asyncDispose]()
    await eventually(() => expect(watch.current).to.have.lengthOf(0))
  })
})

function statesOf(store: Store): SessionState[] {
  const states: SessionState[] = []
  store.session.subscribe((state) => states.push(state))
  return states
}
