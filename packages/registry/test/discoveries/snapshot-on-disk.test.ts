import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, handClock, recordingLogger } from '@kumquat/core/testing'
import { type Discovery, snapshotOnDisk } from '@kumquat/registry'
import { expect } from 'chai'
import fc from 'fast-check'
import { rejection } from '../rejection.ts'
import { hostsOf, scriptedDiscovery } from './scripted-discovery.ts'

describe('snapshotOnDisk()', () => {
  const service = { app: 'movie', group: 'catalog' }
  let folder: string
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'kumquat-')), 'snapshots')
  })
  afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

  const decorated = (...hosts: string[]) => {
    const clock = handClock({ epochMs: 5_000 })
    const logger = recordingLogger()
    const registry = scriptedDiscovery(...hosts)
    const decorator = snapshotOnDisk({ folder, registry: 'the registry zk://a', clock, logger })
    return { clock, logger, registry, discovery: decorator(registry), decorator }
  }
  /** What a process leaves that has seen these hosts. */
  const leave = async (...hosts: string[]): Promise<string> => {
    const watch = await decorated(...hosts).discovery.watch(service)
    await watch[Symbol.asyncDispose]()
    return join(folder, (await readdir(folder))[0] ?? '')
  }

  it('writes the last set, half a second after a change, whole, and for this user only', async () => {
    const { clock, registry, discovery } = decorated('a')
    const watch = await discovery.watch(service)
    await clock.advance(499)
    registry.says(['a', 'b'])
    expect(await stat(folder).catch(() => 'none')).to.equal('none')
    await clock.advance(1)
    const names = await eventually(async () => {
      const found = (await readdir(folder)).filter((name) => name.endsWith('.json'))
      expect(found).to.have.lengthOf(1)
      return found
    })
    const file = join(folder, names[0] ?? '')
    const { schema, service: name, asOf, providers } = JSON.parse(await readFile(file, 'utf8'))
    expect({ schema, name, asOf, ids: Object.keys(providers) }).to.deep.equal({
      schema: 1,
      name: 'movie/catalog',
      asOf: 0,
      ids: ['a:80', 'b:80'],
    })
    expect((await stat(file)).mode & 0o077).to.equal(0)
    await watch[Symbol.asyncDispose]()
    expect(clock.pending).to.equal(0)
  })

  it('begins with what an earlier process left when the registry rejects, says so, and goes over to the registry', async () => {
    await leave('a', 'b')
    const { clock, logger, registry, discovery } = decorated('b', 'c')
    registry.answers = false
    const watch = await discovery.watch(service)
    expect(hostsOf(watch.current)).to.deep.equal(['a', 'b'])
    expect(watch.current.source).to.equal('snapshot')
    expect(logger.lines.map(({ message }) => message)).to.deep.equal([
      'the registry zk://a does not answer: movie/catalog begins with the providers of a snapshot',
    ])
    await clock.advance(3_000)
    registry.answers = true
    await clock.advance(1_000)
    expect(hostsOf(watch.current)).to.deep.equal(['b', 'c'])
    expect(watch.current.source).to.equal('registry')
    expect(logger.lines.at(-1)?.message).to.equal(
      'the registry zk://a answers: the snapshot of movie/catalog has served',
    )
    expect(logger.lines.length).to.equal(2)
    await watch[Symbol.asyncDispose]()
    expect([clock.pending, registry.open]).to.deep.equal([0, 0])
  })

  it('waits one second for a registry that is silent, and takes its answer whenever it comes', async () => {
    await leave('a')
    const { clock, registry, decorator } = decorated('b')
    let answer = (): void => {}
    const late = new Promise<void>((resolve) => {
      answer = resolve
    })
    const slow: Discovery = { watch: (key) => late.then(() => registry.watch(key)) }
    const waiting = decorator(slow).watch(service)
    await clock.advance(1_000)
    const watch = await waiting
    expect(hostsOf(watch.current)).to.deep.equal(['a'])
    answer()
    await clock.advance(0)
    expect(hostsOf(watch.current)).to.deep.equal(['b'])
  })

  it('fails as the registry does when there is no snapshot of this service in this registry', async () => {
    await leave('a')
    const { clock, registry, discovery } = decorated()
    registry.answers = false
    const elsewhere = snapshotOnDisk({ folder, registry: 'another', clock })(registry)
    for (const watching of [discovery.watch({ app: 'movie', group: 'rating' }), elsewhere.watch(service)]) {
      expect(await rejection(watching)).to.have.property('message', 'connection loss')
    }
    expect(clock.pending).to.equal(0)
  })

  it('rests 5 s between two writes, and then writes what is true by then', async () => {
    const { clock, registry, discovery } = decorated('a')
    const watch = await discovery.watch(service)
    await clock.advance(500)
    const file = join(
      folder,
      (await eventually(async () => {
        const [name] = (await readdir(folder)).filter((one) => one.endsWith('.json'))
        expect(name).not.to.equal(undefined)
        return name
      })) ?? '',
    )
    const written = async (): Promise<string[]> => Object.keys(JSON.parse(await readFile(file, 'utf8')).providers)
    registry.says(['a', 'b'])
    await clock.advance(4_999)
    registry.says(['a', 'c'])
    expect(await written()).to.deep.equal(['a:80'])
    await clock.advance(1)
    await eventually(async () => expect(await written()).to.deep.equal(['a:80', 'c:80']))
    await watch[Symbol.asyncDispose]()
    expect(clock.pending).to.equal(0)
  })

  it('sweeps away what processes left that were killed while they wrote, and nothing that may be in use', async () => {
    const file = await leave('a')
    for (const name of ['old.new', 'young.new']) await writeFile(`${file}.${name}`, '{')
    await writeFile(join(folder, 'other.new'), '')
    for (const name of [`${file}.old.new`, join(folder, 'other.new')]) await utimes(name, 1_000, 1_000)
    await leave('a', 'b')
    expect((await readdir(folder)).map((name) => name.replace(/^.*-[0-9a-f]{16}/, '')).sort()).to.deep.equal([
      '.json',
      '.json.young.new',
      'other.new',
    ])
  })

  it('does not let an empty set take the place of a good one', async () => {
    await leave('a')
    const emptied = decorated('a')
    const watch = await emptied.discovery.watch(service)
    emptied.registry.says([])
    await watch[Symbol.asyncDispose]()
    const { registry, discovery } = decorated()
    registry.answers = false
    expect(hostsOf((await discovery.watch(service)).current)).to.deep.equal(['a'])
  })

  it('closes a watch that comes after it was disposed', async () => {
    await leave('a')
    const { clock, registry, discovery } = decorated('b')
    registry.answers = false
    const watch = await discovery.watch(service)
    registry.answers = true
    await watch[Symbol.asyncDispose]()
    await clock.advance(5_000)
    expect([registry.open, clock.pending, hostsOf(watch.current)]).to.deep.equal([0, 0, ['a']])
  })

  it('warns once when it cannot write, and goes on', async () => {
    await writeFile(folder, 'in the way')
    const { logger, discovery } = decorated('a')
    for (let i = 0; i < 3; i++) {
      const watch = await discovery.watch(service)
      expect(hostsOf(watch.current)).to.deep.equal(['a'])
      await watch[Symbol.asyncDispose]()
    }
    expect(logger.lines.map(({ level }) => level)).to.deep.equal(['warn'])
  })

  it('throws nothing but the trouble of the registry, whatever stands in the file', async () => {
    const file = await leave('a')
    const { registry, discovery } = decorated()
    registry.answers = false
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .jsonValue()
        .map((providers) => JSON.stringify({ schema: 1, service: 'movie/catalog', asOf: providers, providers })),
      fc
        .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())
        .map((providers) => JSON.stringify({ schema: 1, service: 'movie/catalog', providers })),
    )
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        await writeFile(file, text)
        const outcome = await discovery.watch(service).then(
          async (watch) => {
            await watch[Symbol.asyncDispose]()
            return 'found'
          },
          (error: Error) => error.message,
        )
        expect(outcome).to.be.oneOf(['found', 'connection loss'])
      }),
      { numRuns: 100 },
    )
  })

  it('reads no provider of a file that the registry could not name, and its neighbours all the same', async () => {
    const file = await leave('a')
    const providers = '{"a:80":{},"169.254.169.254:80":{},"__proto__":{"port":1},"b:80":"x","c:80":{"weight":5}}'
    await writeFile(file, `{"schema":1,"service":"movie/catalog","asOf":1,"providers":${providers}}`)
    const { registry, discovery } = decorated()
    registry.answers = false
    expect(hostsOf((await discovery.watch(service)).current)).to.deep.equal(['a', 'c'])
  })

  it('passes by what is no file, or too large a one', async () => {
    const file = await leave('a')
    const { logger, registry, discovery } = decorated()
    registry.answers = false
    await writeFile(file, Buffer.alloc(16 * 2 ** 20 + 1))
    await rejection(discovery.watch(service))
    await rm(file)
    await mkdir(file)
    await rejection(discovery.watch(service))
    expect(logger.lines.map(({ level }) => level)).to.deep.equal(['warn', 'warn'])
  })

  it('refuses a folder without a name', () => {
    expect(() => snapshotOnDisk({ folder: '', registry: 'x' })).to.throw(TypeError, 'folder ""')
  })
})
