import { connect } from 'node:net'
import { silent, sleep, systemClock } from '@kumquat/core'
import { httpConnect, httpListen } from '@kumquat/rpc'
import { expect } from 'chai'
import { type Serving, serving } from '../serving.ts'
import { echo } from './hostile/raw.ts'

describe('a body over HTTP', () => {
  let current: Serving
  before(async () => {
    const transport = { connect: httpConnect({ logger: silent }), listen: httpListen({ maxDepth: 8 }) }
    current = await serving({ transport, maxBodyBytes: 40_000 })
  })
  after(() => current[Symbol.asyncDispose]())

  /** What is answered to parts that come one after another, without what changes from time to time or is about the connection. */
  const answer = (...parts: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      const socket = connect(current.listener.port, '127.0.0.1')
      socket.setNoDelay()
      socket.on('data', (chunk) => chunks.push(chunk))
      socket.on('error', reject)
      const changing = /^(date|server-timing|kq-\w+|keep-alive|connection): .*\r\n/gim
      socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1').replace(changing, '')))
      const write = async (): Promise<void> => {
        for (const [i, part] of parts.entries()) {
          if (i > 0) await sleep(systemClock, 15)
          socket.write(part)
        }
      }
      void write()
    })

  const json = (text: string): string => JSON.stringify([text])
  for (const [what, body, status] of [
    ['of a few letters', '[1]', 200],
    ['of nothing', '', 200],
    ['of blanks', '  ', 400],
    ['of many bytes for a letter', json('日本語 💛'), 200],
    ['of 16 383 bytes', json('x'.repeat(16_379)), 200],
    ['of 16 384 bytes', json('x'.repeat(16_380)), 200],
    ['of 40 000 bytes', json('x'.repeat(39_996)), 200],
    ['of a byte more than may be', json('x'.repeat(39_997)), 413],
    ['that is no JSON', '[1', 400],
    ['with a key that poisons', '[{"__proto__":{"a":1}}]', 400],
    ['that nests deeper than may be', '[[[[[[[[[1]]]]]]]]]', 400],
  ] as const) {
    it(`${what} is answered alike, whole or in parts, with ${status}`, async () => {
      const request = echo(body)
      const at = request.length - body.length
      const half = at + Math.floor(body.length / 2)
      const [whole, ...others] = await Promise.all([
        answer(request),
        answer(request.slice(0, at), request.slice(at)),
        answer(request.slice(0, 20), request.slice(20)),
        answer(request.slice(0, half), request.slice(half)),
      ])
      expect(whole).to.match(new RegExp(`^HTTP/1\\.1 ${status} `))
      for (const other of others) expect(other).to.equal(whole)
    })
  }

  it('does not keep the requests of a connection, nor hold it up', async () => {
    const bodies = Array.from({ length: 100 }, (_, i) => `[${i}]`)
    const requests = bodies.map((body) => echo(body).replace('connection: close\r\n', ''))
    const all = await answer(...requests.slice(0, 3), requests.slice(3).join('') + echo('["last"]'))
    expect(all.match(/^\[.*\]/gm)).to.deep.equal([...bodies, '["last"]'])
  })
})
