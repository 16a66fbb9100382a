import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { providerRecord, type ServiceKey, type Store, type Watch } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { decodeRecord, discovery, encodeRecord, open, registrar, type Sighting } from '@kumquat/registry'
import { expect } from 'chai'
import { type EtcdServer, etcdOrSkip } from '../../../test/servers/etcd.ts'
import { type RedisServer, redisOrSkip } from '../../../test/servers/redis.ts'
import { serverOrSkip, type ZookeeperServer } from '../../../test/servers/zookeeper.ts'

const PAGE = new URL('../../../docs/reference/registry.md', import.meta.url)

/** A command of the page, and what the page says that it prints. */
interface Command {
  readonly text: string
  readonly prints: readonly string[]
}

describe('docs/reference/registry.md', () => {
  const service: ServiceKey = { app: 'movie', group: 'catalog' }
  const record = providerRecord({
    host: '10.0.0.1',
    port: 20_080,
    version: 'V1',
    methods: ['getMovieById', 'getMovieByCity'],
  })
  let page: string
  let store: Store
  let watch: Watch<Sighting>

  before(async () => {
    page = await readFile(PAGE, 'utf8')
  })
  afterEach(async () => {
    await store?.[Symbol.asyncDispose]()
  })

  const begin = async (url: string): Promise<void> => {
    store = await open(url)
    await registrar(store).register(service, record)
    watch = await discovery(store).watch(service)
  }
  const others = (): string[] => watch.current.records.slice(1).map(({ id, weight, gray }) => `${id} ${weight} ${gray}`)

  it('shows records as they are written and read', () => {
    const [written = '', older = ''] = blocks(page, 'json')
    const known = { ...record, startedAt: 1_789_300_000_000 }
    expect(JSON.parse(written)).to.deep.equal(JSON.parse(encodeRecord(known)))
    expect(decodeRecord('10.0.0.1:20080', written)).to.deep.equal(known)
    expect(decodeRecord('10.0.1.1', older)).to.deep.equal({
      ...record,
      id: '10.0.1.1:20080',
      host: '10.0.1.1',
      gray: true,
    })
  })

  describe('its commands for ZooKeeper', () => {
    let server: ZookeeperServer
    before(async function () {
      this.timeout(30_000)
      server = await serverOrSkip(this)
    })
    after(async () => {
      await server?.stop()
    })

    it('do as it says', async function () {
      this.timeout(60_000)
      await begin(`${server.url('/lemonhjuice')}?operationTimeoutMs=20000`)
      const [list, get, create, set, remove, ...more] = commands(page, '## ZooKeeper, by hand')
      expect(more).to.deep.equal([])
      const runs = (command: Command | undefined): Promise<void> =>
        runsAsSaid(command, (text) => text.replace('zkCli.sh -server localhost:2181', server.zkCliCommand))
      await runs(list)
      await runs(get)
      await runs(create)
      await eventually(() => expect(others()).to.deep.equal(['10.0.1.1:20080 100 true']))
      await runs(set)
      await eventually(() => expect(others()).to.deep.equal(['10.0.1.1:20080 0 false']))
      await runs(remove)
      await eventually(() => expect(others()).to.deep.equal([]))
    })
  })

  describe('its commands for etcd', () => {
    let server: EtcdServer
    before(async function () {
      this.timeout(30_000)
      server = await etcdOrSkip(this)
    })
    after(async () => {
      await server?.stop()
    })

    it('do as it says', async function () {
      this.timeout(30_000)
      await begin(server.url('/lemonhjuice'))
      const [list, get, create, set, remove, ...more] = commands(page, '## etcd, by hand')
      expect(more).to.deep.equal([])
      const runs = (command: Command | undefined): Promise<void> =>
        runsAsSaid(command, (text) => text.replaceAll('etcdctl --endpoints localhost:2379', server.etcdctlCommand))
      await runs(list)
      await runs(get)
      await runs(create)
      await eventually(() => expect(others()).to.deep.equal(['10.0.1.1:20080 100 true']))
      await runs(set)
      await eventually(() => expect(others()).to.deep.equal(['10.0.1.1:20080 0 false']))
      await runs(remove)
      await eventually(() => expect(others()).to.deep.equal([]))
    })
  })

  describe('its commands for Redis', () => {
    let server: RedisServer
    before(async function () {
      this.timeout(30_000)
      server = await redisOrSkip(this)
    })
    after(async () => {
      await server?.stop()
    })

    it('do as it says', async function () {
      this.timeout(30_000)
      await begin(server.url('lemonhjuice'))
      const [list, get, create, set, remove, ...more] = commands(page, '## Redis, by hand')
      expect(more).to.deep.equal([])
      const runs = (command: Command | undefined): Promise<void> =>
        runsAsSaid(command, (text) => text.replaceAll('redis-cli -h localhost -p 6379', server.cliCommand))
      await runs(list)
      await runs(get)
      await runs(create)
      await eventually(() => expect(others()).to.deep.equal(['10.0.1.1:20080 100 true']))
      await runs(set)
      await eventually(() => expect(others()).to.deep.equal(['10.0.1.1:20080 0 false']))
      await runs(remove)
      await eventually(() => expect(others()).to.deep.equal([]))
    })
  })

  describe('its commands for a folder', () => {
    let dir: string
    before(async () => {
      dir = await mkdtemp(join(tmpdir(), 'kumquat-'))
    })
    after(async () => {
      await rm(dir, { recursive: true })
    })

    it('do as it says', async () => {
      await begin(`file:${dir}/.kumquat`)
      const [show, write, remove, ...more] = commands(page, '## A folder, by hand')
      expect(more).to.deep.equal([])
      const runs = (command: Command | undefined): Promise<void> =>
        runsAsSaid(command, (text) => `cd '${dir}'; ${text}`)
      await runs(show)
      await runs(write)
      await eventually(() => expect(others()).to.deep.equal(['10.0.1.1:20080 100 true']))
      await runs(remove)
      await eventually(() => expect(others()).to.deep.equal([]))
    })
  })
})

async function runsAsSaid(command: Command | undefined, adapt: (text: string) => string): Promise<void> {
  const { text, prints } = command ?? expect.fail('the page has fewer commands than that')
  const { stdout } = await promisify(execFile)('sh', ['-c', `{ ${adapt(text)}} 2>&1`], { timeout: 30_000 })
  for (const line of prints) expect(stdout).to.contain(line)
}

/** The commands below a heading, each with the text block that follows it, if one does. */
function commands(page: string, heading: string): readonly Command[] {
  const section = page.split(/^(?=## )/m).find((part) => part.startsWith(heading)) ?? ''
  return section.split(/^(?=```sh\n)/m).flatMap((part) => {
    const [text] = blocks(part, 'sh')
    return text === undefined
      ? []
      : [{ text, prints: blocks(part, 'text').flatMap((block) => block.trim().split('\n')) }]
  })
}

function blocks(markdown: string, language: string): readonly string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block)
}
