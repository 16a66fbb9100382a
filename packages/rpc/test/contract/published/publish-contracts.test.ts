import { type Store, systemClock } from '@kumquat/core'
import { recordingLogger } from '@kumquat/core/testing'
import { contractPath, decodeRecord, MemoryTree, memory, providersPath } from '@kumquat/registry'
import {
  contractDocument,
  contractHash,
  contractOf,
  httpListen,
  memoryTransport,
  method,
  provider,
  readContract,
  service,
} from '@kumquat/rpc'
import { expect } from 'chai'
import { z } from 'zod'
import { publishContracts } from '../../../src/contract/published/publish-contracts.ts'
import { publishedContract } from '../../../src/contract/published/published-contract.ts'
import { rejection } from '../../rejection.ts'

const naming = { app: 'movie', group: 'catalog' }

@service(naming)
class Movies {
  @method({ input: z.string(), idempotent: true }) get(title: string): string {
    return title
  }
}

const published = publishedContract(naming, Object.entries(contractOf(Movies).methods))
const { hash, text } = published

describe('a published contract', () => {
  let tree: MemoryTree
  let store: Store
  beforeEach(() => {
    tree = new MemoryTree()
    store = memory({ tree })
  })
  afterEach(() => store[Symbol.asyncDispose]())
  const publish = async (timeoutMs = 1_000) => {
    const logger = recordingLogger()
    await publishContracts([published], { store, timeoutMs, clock: systemClock, logger })
    return logger.lines.map(({ level, message }) => `${level}: ${message}`)
  }

  it('stands under its hash, which the record names, once its provider has started', async () => {
    const { listen } = memoryTransport()
    await using one = await provider({ registry: store, services: [new Movies()], listen, quietMs: 0, signals: [] })
    const [entry] = await store.list(providersPath(naming))
    expect(decodeRecord(entry!.name, entry!.value)).to.include({ id: one.address, contract: hash })
    expect((await store.get(contractPath(hash)))?.value).to.equal(text)
    expect(await readContract(store, hash)).to.deep.equal(contractDocument(contractOf(Movies)))
    await one.stop()
    expect(await readContract(store, hash)).to.deep.equal(published.document)
  })

  it('is written once, however many providers there are', async () => {
    expect(await Promise.all([publish(), publish(), publish()])).to.deep.equal([[], [], []])
    const before = await store.get(contractPath(hash))
    expect(await publish()).to.deep.equal([])
    expect((await store.get(contractPath(hash)))?.revision).to.equal(before?.revision)
  })

  it('may stand there in another spelling', async () => {
    await store.put(contractPath(hash), JSON.stringify(published.document, undefined, 2))
    expect(await publish()).to.deep.equal([])
    expect(await readContract(store, hash)).to.deep.equal(published.document)
  })

  it('is not written over what stands there, and is not read from it', async () => {
    const path = contractPath(hash)
    for (const [value, why] of [
      ['{', 'it is no JSON'],
      [text.replace('true', 'false'), 'it has another hash than its name says'],
    ] as const) {
      await store.put(path, value)
      expect(await publish()).to.deep.equal([
        `warn: the contract of movie/catalog is not published: what stands at ${path} cannot be used: ${why}; delete it`,
      ])
      expect((await store.get(path))?.value).to.equal(value)
      const lost = await rejection(readContract(store, hash))
      expect(lost).to.include({ code: 'data_loss', outcome: 'not-run' })
      expect(lost.message).to.contain(path).and.to.contain(why)
    }
  })

  it('is not there when nobody has written it', async () => {
    expect(await readContract(store, hash)).to.equal(undefined)
    await store.put(`${contractPath(hash)}/child`, 'x')
    expect(await readContract(store, hash)).to.equal(undefined)
    expect(await publish()).to.deep.equal([])
    expect(await readContract(store, hash)).to.deep.equal(published.document)
  })

  it('that cannot be written is a warning', async () => {
    tree.cut()
    const [line, ...more] = await publish(20)
    expect(more).to.deep.equal([])
    expect(line).to.match(/^warn: the contract of movie\/catalog is not published: /)
  })

  it('that is too large is a warning', async () => {
    const output = { enum: ['x'.repeat(262_144)] }
    const huge = publishedContract(naming, [['get', method({ jsonSchema: { output } })]])
    const logger = recordingLogger()
    await publishContracts([huge], { store, timeoutMs: 1_000, clock: systemClock, logger })
    expect(logger.lines[0]?.message).to.match(/not published: its \d+ bytes are above the limit of 262144; divide/)
    expect(await store.list('/_contracts')).to.deep.equal([])
  })

  it('tells the log, in its small voice, what it could not say', async () => {
    const gaps = publishedContract(naming, [['get', method({ input: z.date() })]])
    const logger = recordingLogger()
    await publishContracts([gaps], { store, timeoutMs: 1_000, clock: systemClock, logger })
    expect(logger.lines.map(({ level, message }) => `${level}: ${message}`)).to.deep.equal([
      'debug: the published contract of movie/catalog lacks get, argument 1: Date cannot be represented in JSON Schema',
    ])
  })

  it('is read by a hash and nothing else', async () => {
    for (const wrong of ['', 'sha256-', `sha256-${'g'.repeat(64)}`, `../${hash}`, `${hash}/x`]) {
      const refused = await readContract(store, wrong).catch((error: unknown) => error)
      expect(String(refused)).to.match(/^TypeError: contract ".*" is no hash/)
    }
  })

  it('is answered by the provider itself', async () => {
    const listen = httpListen()
    await using one = await provider({ registry: store, services: [new Movies()], listen, quietMs: 0, signals: [] })
    const answer = await fetch(`http://${one.address}/_kumquat/contract`)
    expect(answer.status).to.equal(200)
    const body = (await answer.json()) as Record<string, { readonly contract: object }>
    expect(body).to.deep.equal({ 'movie/catalog': { hash, contract: published.document } })
    expect(contractHash(body['movie/catalog']!.contract)).to.equal(hash)
    const posted = await fetch(`http://${one.address}/_kumquat/contract`, { method: 'POST' })
    expect([posted.status, posted.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD'])
  })
})
