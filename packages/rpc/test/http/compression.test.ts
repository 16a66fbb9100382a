import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { providerRecord, silent } from '@kumquat/core'
import { type HttpConnectOptions, httpConnect, httpListen } from '@kumquat/rpc'
import { expect } from 'chai'
import { codecs } from '../../src/compression/encodings.ts'
import { packed } from '../../src/compression/packed.ts'
import { rejection } from '../rejection.ts'
import { calling, type Serving, serving } from '../serving.ts'

describe('bodies that are packed', () => {
  let current: Serving | undefined
  const begin = async (options: HttpConnectOptions = {}, compressFromBytes = 16_384): Promise<Serving> => {
    const connect = httpConnect({ logger: silent, ...options })
    current = await serving({ transport: { connect, listen: httpListen({ compressFromBytes }) } })
    return current
  }
  afterEach(async () => {
    await current?.[Symbol.asyncDispose]()
    current = undefined
  })
  const post = (body: string | Buffer, headers: Record<string, string>): Promise<Response> =>
    fetch(`http://${current!.address}/movie/catalog/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: body as string,
    })
  const large = 'ä'.repeat(20_000)

  for (const encoding of codecs.keys()) {
    it(`come and go as ${encoding}`, async () => {
      const { endpoint } = await begin({ acceptEncodings: [encoding], packArguments: encoding })
      expect((await endpoint.invoke(calling('echo', [large, 1]))).value).to.deep.equal([large, 1])
      expect((await endpoint.invoke(calling('echo', ['small']))).value).to.deep.equal(['small'])
      const answer = await post(await packed(Buffer.from('[1]'), encoding), { 'content-encoding': encoding })
      expect([answer.status, await answer.json()]).to.deep.equal([200, [1]])
    })
  }

  it('are packed from the size on that the provider says, for who asks', async () => {
    await begin({}, 100)
    const body = JSON.stringify(['x'.repeat(96)])
    for (const [sent, headers, encoding, vary] of [
      [body, { 'accept-encoding': 'gzip' }, 'gzip', 'accept-encoding'],
      [body, { 'accept-encoding': 'identity' }, null, 'accept-encoding'],
      ['["x"]', { 'accept-encoding': 'gzip' }, null, null],
    ] as const) {
      const answer = await post(sent, headers)
      expect(answer.headers.get('content-encoding')).to.equal(encoding)
      expect(answer.headers.get('vary')).to.equal(vary)
      expect(await answer.text()).to.equal(sent)
    }
  })

  it('are not packed where the provider says never', async () => {
    await begin({}, Number.POSITIVE_INFINITY)
    const answer = await post(JSON.stringify([large]), { 'accept-encoding': 'gzip' })
    expect(answer.headers.get('content-encoding')).to.equal(null)
  })

  it('may say that they are not', async () => {
    await begin()
    expect((await post('[1]', { 'content-encoding': 'identity' })).status).to.equal(200)
  })

  describe('are refused', () => {
    const bomb = gzipSync(Buffer.alloc(100 * 2 ** 20))
    for (const [what, body, encoding, status, message] of [
      ['when they are a bomb', bomb, 'gzip', 413, 'larger than 1048576 bytes'],
      ['when they are a bomb of brotli', brotliCompressSync(Buffer.alloc(2 ** 23)), 'br', 413, 'larger than 1048576'],
      ['when they are damaged', Buffer.from('[1]'), 'gzip', 400, 'the body is no gzip'],
      ['when they are cut short', gzipSync('["abcdefgh"]').subarray(0, 20), 'gzip', 400, 'the body is no gzip'],
      ['in an encoding that nobody knows', Buffer.from('[1]'), 'lzw', 415, 'content-encoding "lzw" is not understood'],
      ['in two encodings', gzipSync(gzipSync('[1]')), 'gzip, gzip', 415, '"gzip, gzip" is not understood'],
    ] as const) {
      it(what, async () => {
        await begin()
        const answer = await post(body, { 'content-encoding': encoding })
        const json = (await answer.json()) as { message: string }
        expect([answer.status, json.message]).to.deep.equal([status, json.message])
        expect(json).to.include({ outcome: 'not-run' })
        expect(json.message).to.contain(message)
        expect(answer.headers.get('accept-encoding')).to.equal(status === 415 ? [...codecs.keys()].join(', ') : null)
        expect((await post('[1]', {})).status).to.equal(200)
      })
    }

    it('with the memory of one chunk, not of what the bomb holds', async () => {
      await begin()
      const before = process.memoryUsage().rss
      for (let i = 0; i < 10; i++) await post(bomb, { 'content-encoding': 'gzip' })
      expect(process.memoryUsage().rss - before).to.be.below(100 * 2 ** 20)
    })
  })

  describe('of a foreign provider', () => {
    const answering = async (body: Buffer, encoding: string, options: HttpConnectOptions = {}) => {
      const server = createServer((request, response) => {
        request.resume()
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding })
        response.end(body)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      const line = httpConnect({ logger: silent, ...options })(providerRecord({ host: '127.0.0.1', port }))
      const error = await rejection(line.invoke(calling('echo')))
      await line[Symbol.asyncDispose]()
      server.close()
      return error
    }

    it('are no more than the consumer takes', async () => {
      const error = await answering(gzipSync(Buffer.alloc(5_000)), 'gzip', { maxAnswerBytes: 4_096 })
      expect(error).to.include({ code: 'resource_exhausted', outcome: 'ran' })
      expect(error.message).to.contain('more than is accepted')
    })
    it('are what they say', async () => {
      const error = await answering(Buffer.from('[1]'), 'gzip')
      expect(error).to.include({ code: 'internal', outcome: 'ran' })
      expect(error.message).to.contain('answered what is no gzip')
    })
    it('are in an encoding that we know', async () => {
      const error = await answering(Buffer.from('[1]'), 'lzw')
      expect(error.message).to.contain('answered in the encoding "lzw", which nobody asked for')
    })
  })

  it('are refused at construction in an encoding that this Node cannot do', () => {
    expect(() => httpConnect({ packArguments: 'lzw' as never })).to.throw(TypeError, 'this Node cannot do "lzw"')
    expect(() => httpConnect({ acceptEncodings: ['lzw' as never] })).to.throw(TypeError, 'acceptEncodings')
  })
})
