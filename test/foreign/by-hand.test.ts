import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { consumer } from '@kumquat/rpc'
import { expect } from 'chai'
import { serverOrSkip, type ZookeeperServer } from '../servers/zookeeper.ts'

interface Catalog {
  getMovieById(id: number): { id: number; title: string }
}

describe('a provider that is not ours, registered by hand', () => {
  let zookeeper: ZookeeperServer
  let plain: Server

  before(async function () {
    this.timeout(60_000)
    zookeeper = await serverOrSkip(this)
    plain = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const [id] = JSON.parse(Buffer.concat(chunks).toString()) as [number]
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ id, title: `${request.method} ${request.url}` }))
      })
    })
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
  })

  after(async () => {
    plain?.close()
    await zookeeper?.stop()
  })

  it('is discovered in the older all-strings form and called', async function () {
    this.timeout(60_000)
    const { port } = plain.address() as AddressInfo
    const record = `{"port":"${port}","version":"V1","methods":"[getMovieById(),getMovieByCity()]","gray":"false","author":"","description":""}`
    for (const path of ['/byhand', '/byhand/movie', '/byhand/movie/catalog', '/byhand/movie/catalog/providers']) {
      await zookeeper.zkCli('create', path, '')
    }
    await zookeeper.zkCli('create', '/byhand/movie/catalog/providers/127.0.0.1', record)

    await using calls = await consumer({ registry: zookeeper.url('/byhand') })
    const catalog = calls.client<Catalog>({
      app: 'movie',
      group: 'catalog',
      version: 'V1',
      idempotent: ['getMovieById'],
    })
    expect(await catalog.getMovieById(42)).to.deep.equal({ id: 42, title: 'POST /movie/catalog/getMovieById' })
    expect(calls.peers({ app: 'movie', group: 'catalog' }).current.map(({ record: { id } }) => id)).to.deep.equal([
      `127.0.0.1:${port}`,
    ])
  })
})
