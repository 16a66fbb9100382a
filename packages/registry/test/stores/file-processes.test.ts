import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Entry, Store, Watch } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { file } from '@kumquat/registry'
import { expect } from 'chai'
import { rejection } from '../rejection.ts'
import { type Running, startHolder } from './processes.ts'

describe('file store, across processes', function () {
  this.timeout(40_000)

  let dir: string
  let store: Store
  let watch: Watch<readonly Entry[]>
  const holders: Running[] = []

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kumquat-'))
    store = file({ dir, leaseMs: 1_000 })
    watch = await store.watch('/a')
  })
  afterEach(async () => {
    for (const holder of holders.splice(0)) await holder[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
    await rm(dir, { recursive: true })
  })

  const startHolding = async (path: string, options = ''): Promise<Running> => {
    const holder = await startHolder(`file:${dir}${options}`, path)
    holders.push(holder)
    return holder
  }
  const names = (): string[] => watch.current.map(({ name }) => name)
  const everyFile = async (): Promise<string[]> => {
    const found = await readdir(dir, { recursive: true, withFileTypes: true })
    return found.filter((one) => one.isFile()).map(({ name }) => name)
  }

  it('sees within a second what another process holds, and its end when it is killed', async () => {
    const holder = await startHolding('/a/b', '?leaseMs=600000')
    await eventually(() => expect(names()).to.deep.equal(['b']), { withinMs: 3_000 })
    holder.signal('SIGKILL')
    await holder.exit
    await eventually(() => expect(names()).to.deep.equal([]), { withinMs: 3_000 })
    expect(await store.get('/a/b')).to.equal(undefined)
  })

  it('tidies up after the dead', async () => {
    const holder = await startHolding('/a/b')
    holder.signal('SIGKILL')
    await holder.exit
    const held = await store.hold('/a/c', 'x')
    await eventually(async () => expect(await everyFile()).to.have.lengthOf(2), { withinMs: 8_000 })
    await held[Symbol.asyncDispose]()
  })

  it('takes an entry away from a process that is silent for its lease, until it speaks again', async () => {
    const holder = await startHolding('/a/b', '?leaseMs=1000')
    await eventually(() => expect(names()).to.deep.equal(['b']))
    holder.signal('SIGSTOP')
    await eventually(() => expect(names()).to.deep.equal([]))
    holder.signal('SIGCONT')
    await eventually(() => expect(names()).to.deep.equal(['b']))
  })

  it('refuses to take the place of a living process, naming it, and takes that of a dead one at once', async () => {
    const holder = await startHolding('/a/b', '?leaseMs=600000')
    const error = await rejection(store.hold('/a/b', 'mine', { exclusive: true }))
    expect(error)
      .to.include({ code: 'already_exists' })
      .and.have.property('message')
      .that.contains(`process ${holder.pid}`)
    holder.signal('SIGKILL')
    await holder.exit
    await store.hold('/a/b', 'mine', { exclusive: true })
    expect(await store.get('/a/b')).to.have.property('value', 'mine')
  })

  it('leaves no file behind after a clean end', async () => {
    const holder = await startHolding('/a/b')
    await store.hold('/a/c', 'x')
    holder.leave()
    expect(await holder.exit).to.equal(0)
    expect(holder.output()).to.equal('held\n')
    await store[Symbol.asyncDispose]()
    expect(await everyFile()).to.deep.equal([])
  })

  it('reads what a person wrote by hand, and passes over what is nothing of ours', async () => {
    await mkdir(join(dir, 'a', 'folder.entry'), { recursive: true })
    await writeFile(join(dir, 'a', '10.0.1.1.entry'), '{"port":"80"}\n')
    await writeFile(join(dir, 'a', 'torn.entry'), '{"revision":"1","sess')
    await writeFile(join(dir, 'a', 'empty.entry'), '')
    await writeFile(join(dir, 'a', 'huge.entry'), 'x'.repeat(1_000_000))
    await writeFile(join(dir, 'a', 'notes.txt'), 'hello')
    await writeFile(join(dir, 'a', '%zz.entry'), 'hello')
    await writeFile(join(dir, 'b'), 'in the way')
    await eventually(() => expect(names()).to.deep.equal(['10.0.1.1', 'empty', 'torn']))
    expect(watch.current[0]).to.have.property('value', '{"port":"80"}')
    expect(await store.list('/b/c')).to.deep.equal([])
    expect(await store.get('/b/c')).to.equal(undefined)
    expect(await rejection(store.put('/b/c', ''))).to.have.property('code', 'unavailable')
  })

  it('survives a session that is torn, foreign or gone', async () => {
    await store.put('/a/kept', 'x')
    await mkdir(join(dir, '.sessions'), { recursive: true })
    for (const [session, text] of Object.entries({ torn: '{"pid":', foreign: '[]', number: '7', odd: '{"pid":-1}' })) {
      await writeFile(join(dir, '.sessions', session), text)
      await writeFile(join(dir, 'a', `${session}.entry`), `{"revision":"${session}","session":"${session}"}\nx`)
    }
    await writeFile(join(dir, 'a', 'gone.entry'), '{"revision":"gone","session":"gone"}\nx')
    await writeFile(join(dir, 'a', 'outside.entry'), '{"revision":"outside","session":"../../a/kept.entry"}\nx')
    await eventually(() => expect(names()).to.deep.equal(['foreign', 'kept', 'number', 'odd', 'torn']))
    await eventually(() => expect(names()).to.deep.equal(['kept']))
  })

  it('takes no pid for the process that had it before', async () => {
    await store.hold('/a/b', 'x')
    const [session = ''] = await readdir(join(dir, '.sessions'))
    const holder = JSON.parse(await readFile(join(dir, '.sessions', session), 'utf8'))
    expect(holder).to.include({ pid: process.pid, leaseMs: 1_000 })
    await writeFile(join(dir, '.sessions', 'before'), JSON.stringify({ ...holder, startedAt: '1', leaseMs: 600_000 }))
    await writeFile(join(dir, 'a', 'c.entry'), '{"revision":"1","session":"before"}\nx')
    expect((await store.list('/a')).map(({ name }) => name)).to.deep.equal(['b'])
  })

  it('passes over the claim of a writer that died, and waits for one that lives', async () => {
    await store.hold('/a/b', 'x')
    const [session = ''] = await readdir(join(dir, '.sessions'))
    const holder = JSON.parse(await readFile(join(dir, '.sessions', session), 'utf8'))
    const revision = await store.put('/a/c', '1')
    await mkdir(join(dir, '.claims'), { recursive: true })
    await writeFile(join(dir, '.claims', `${revision}-0`), JSON.stringify({ ...holder, startedAt: '1' }))
    await writeFile(join(dir, '.claims', `${revision}-1`), JSON.stringify(holder))
    let written = false
    const writing = store.put('/a/c', '2', { ifRevision: revision }).then(() => {
      written = true
    })
    await store.put('/a/d', '1')
    expect(written).to.equal(false)
    await rm(join(dir, '.claims', `${revision}-1`))
    await writing
    expect(await store.get('/a/c')).to.have.property('value', '2')
    expect(await readdir(join(dir, '.claims'))).to.deep.equal([])
  })

  it('says what is wrong with a folder that is none', async () => {
    const blocked = file({ dir: join(dir, 'notes.txt') })
    await writeFile(join(dir, 'notes.txt'), 'hello')
    const error = await rejection(blocked.hold('/a', 'x'))
    expect(error).to.have.property('code', 'unavailable')
    expect(error).to.have.property('message').that.contains('notes.txt').and.contains('choose another folder')
    await blocked[Symbol.asyncDispose]()
  })

  it('says that a folder must not be written', async () => {
    const forbidden = file({ dir: '/sys/kumquat' })
    const error = await rejection(forbidden.hold('/a', 'x'))
    expect(error).to.have.property('code', 'permission_denied')
    expect(error).to.have.property('message').that.contains('/sys/kumquat').and.contains('choose another folder')
    await forbidden[Symbol.asyncDispose]()
  })
})
