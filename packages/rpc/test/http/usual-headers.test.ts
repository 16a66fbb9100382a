import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { UsualRequest } from '../../src/http/usual-headers.ts'
import { raw } from './hostile/raw.ts'

describe('the headers of a request', () => {
  const seen: IncomingMessage[] = []
  const serverOf = async (Request?: typeof UsualRequest): Promise<{ port: number; [Symbol.dispose](): void }> => {
    const server = createServer({ ...(Request && { IncomingMessage: Request }) }, (request, response) => {
      seen.push(request)
      response.end('1')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return { port: (server.address() as AddressInfo).port, [Symbol.dispose]: () => void server.close() }
  }
  const both = async (lines: readonly string[]): Promise<readonly IncomingMessage[]> => {
    using ours = await serverOf(UsualRequest)
    using plain = await serverOf()
    seen.length = 0
    for (const { port } of [ours, plain]) {
      await raw(port, ['POST / HTTP/1.1', 'host: x', 'connection: close', ...lines, '', ''].join('\r\n'))
    }
    return [...seen]
  }

  for (const [what, ...lines] of [
    ['as our consumers send them', 'content-type: application/json', 'content-length: 0', 'connect-timeout-ms: 2999'],
    [
      'with all that is known',
      'kq-caller: web',
      'kq-attempt: 2',
      'baggage: a=b',
      'traceparent: 00-1',
      'authorization: x',
    ],
    ['with one that is not', 'x-tenant: 7', 'content-length: 0'],
    ['in other letters', 'Content-Type: application/json', 'Kq-Caller: web'],
    ['twice, of which one counts', 'authorization: a', 'authorization: b', 'content-type: a', 'content-type: b'],
    ['twice, which are joined', 'accept: a', 'accept: b', 'baggage: a=b', 'baggage: c=d', 'x-a: 1', 'x-a: 2'],
    ['whose value is empty', 'kq-caller:', 'accept: '],
    ['whose empty value comes twice', 'accept:', 'accept: a'],
    ['with names of objects', '__proto__: a', 'constructor: b', 'tostring: c', 'hasownproperty: d'],
    ['with cookies', 'cookie: a=b', 'cookie: c=d', 'set-cookie: e=f'],
  ] as const) {
    it(`are those that Node gives ${what}`, async () => {
      const [ours, plain] = await both(lines)
      expect(ours).to.be.instanceOf(UsualRequest)
      expect(ours!.headers).to.deep.equal(plain!.headers)
      expect(ours!.headers).to.equal(ours!.headers)
      expect(ours!.rawHeaders).to.deep.equal(plain!.rawHeaders)
    })
  }

  it('are what they are set to', async () => {
    const [ours] = await both([])
    const others: IncomingHttpHeaders = { host: 'y' }
    ours!.headers = others
    expect(ours!.headers).to.equal(others)
  })
})
