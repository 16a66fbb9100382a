import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from '@kumquat/registry'
import { expect } from 'chai'
import { rejection } from './rejection.ts'

describe('open()', () => {
  it('opens a store of its own in memory', async () => {
    const [first, second] = [await open('memory:'), await open('memory:')]
    await first.put('/a', 'x')
    expect(await first.get('/a')).to.have.property('value', 'x')
    expect(await second.get('/a')).to.equal(undefined)
    await first[Symbol.asyncDispose]()
    await second[Symbol.asyncDispose]()
  })

  it('opens a folder, and writes nothing before it must', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'kumquat-'))
    const store = await open(`file:${parent}/deep/registry?leaseMs=2000`)
    expect(await store.list('/')).to.deep.equal([])
    expect(await readdir(parent)).to.deep.equal([])
    await store.put('/a', 'x')
    expect(await store.get('/a')).to.have.property('value', 'x')
    await store[Symbol.asyncDispose]()
    await rm(parent, { recursive: true })
  })

  it('does not wait for a server', async () => {
    const store = await open('zookeeper://127.0.0.1:1/root')
    expect(store.session.current).to.equal('suspended')
    await store[Symbol.asyncDispose]()
  })

  it('takes the limit of a value from the URL', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'kumquat-'))
    const store = await open(`file:${parent}?maxValueBytes=3`, { maxValueBytes: 1_000 })
    expect(await rejection(store.put('/a', 'four'))).to.have.property('code', 'resource_exhausted')
    await store[Symbol.asyncDispose]()
    await rm(parent, { recursive: true })
  })

  it('refuses what is no URL of a registry', async () => {
    expect(await rejection(open('consul://x'))).to.be.instanceOf(TypeError)
    expect(await rejection(open('zookeeper://localhost/a//b'))).to.be.instanceOf(TypeError)
    expect(await rejection(open('zookeeper://localhost?sessionTimeoutMs=5'))).to.be.instanceOf(RangeError)
    expect(await rejection(open('file:x?leaseMs=5'))).to.be.instanceOf(RangeError)
    expect(await rejection(open('memory:', { maxValueBytes: 0 }))).to.be.instanceOf(RangeError)
  })
})
