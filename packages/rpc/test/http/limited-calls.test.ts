import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { providerRecord, silent } from '@kumquat/core'
import { type HttpListenOptions, httpConnect, httpListen } from '@kumquat/rpc'
import { expect } from 'chai'
import { rejection } from '../rejection.ts'
import { calling, type Serving, serving } from '../serving.ts'
import { raw } from './hostile/raw.ts'

describe('a call and its limits', () => {
  let current: Serving | undefined
  const begin = async (limits: HttpListenOptions): Promise<Serving> => {
    current = await serving({ transport: { connect: httpConnect({ logger: silent }), listen: httpListen(limits) } })
    return current
  }
  afterEach(async () => {
    await current?.[Symbol.asyncDispose]()
    current = undefined
  })

  it('has as many arguments as the provider takes, and no more', async () => {
    const { endpoint } = await begin({ maxArguments: 3 })
    expect((await endpoint.invoke(calling('echo', [1, 2, 3]))).value).to.deep.equal([1, 2, 3])
    const error = await rejection(endpoint.invoke(calling('echo', [1, 2, 3, 4])))
    expect(error).to.include({ code: 'invalid_argument', outcome: 'not-run' })
    expect(error.message).to.contain('4 arguments are more than 3, the limit of this provider')
  })

  it('nests as deep as the provider takes, and no deeper', async () => {
    const { endpoint } = await begin({ maxDepth: 3 })
    expect((await endpoint.invoke(calling('echo', [[[1]]]))).value).to.deep.equal([[[1]]])
    expect((await rejection(endpoint.invoke(calling('echo', [[[[1]]]])))).message).to.contain('deeper than 3 levels')
  })

  it('is the last of its connection after so many', async () => {
    const { listener, endpoint } = await begin({ maxRequestsPerConnection: 2, keepAliveTimeoutMs: 300 })
    const request = 'POST /movie/catalog/nothing HTTP/1.1\r\nhost: x\r\n\r\n'
    const { statuses, text } = await raw(listener.port, request, request)
    expect(statuses).to.deep.equal([200, 200])
    expect(text.match(/^connection: .*$/gim)).to.deep.equal(['Connection: keep-alive', 'Connection: close'])
    for (let i = 0; i < 10; i++) expect((await endpoint.invoke(calling('nothing'))).value).to.equal(null)
  })

  for (const status of [301, 302, 307, 308]) {
    it(`goes nowhere else though it is answered ${status}`, async () => {
      const paths: (string | undefined)[] = []
      const server = createServer((request, response) => {
        paths.push(request.url)
        response.writeHead(status, { location: '/elsewhere' }).end()
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      const line = httpConnect({ logger: silent })(providerRecord({ host: '127.0.0.1', port }))
      const error = await rejection(line.invoke(calling('echo', [1])))
      expect(error).to.include({ code: 'unknown', outcome: 'unknown' })
      expect(error.message).to.contain(`answered HTTP ${status}`)
      expect(paths).to.deep.equal(['/movie/catalog/echo'])
      await line[Symbol.asyncDispose]()
      server.close()
    })
  }
})
