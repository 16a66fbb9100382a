import { silent } from '@kumquat/core'
import { httpConnect, httpListen } from '@kumquat/rpc'
import { expect } from 'chai'
import fc from 'fast-check'
import { calling, type Serving, serving } from '../../serving.ts'
import { echo, raw } from './raw.ts'

/** Bytes of a good request, with some of them changed, doubled, moved or left out. */
const mutated = fc
  .record({
    request: fc.constantFrom(
      echo('[1,"two",{"three":[null]}]'),
      echo('{"id":42}', 'baggage: lane=gray,user=ann', 'connect-timeout-ms: 1000', 'kq-attempt: 2'),
      echo('').replace('content-length: 0\r\n', 'transfer-encoding: chunked\r\n').concat('3\r\n[1]\r\n0\r\n\r\n'),
      'GET /_kumquat/ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    ),
    edits: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        remove: fc.nat({ max: 20 }),
        insert: fc.oneof(
          fc.uint8Array({ maxLength: 12 }),
          fc
            .constantFrom(
              '\r\n',
              '\n',
              ' ',
              '\0',
              ':',
              ',',
              '%',
              '"',
              '[',
              '{',
              'chunked',
              '-1',
              '\r\n\r\n',
              '99999999',
            )
            .map((s) => Buffer.from(s)),
        ),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(({ request, edits }) => {
    let bytes: Buffer = Buffer.from(request)
    for (const { at, remove, insert } of edits) {
      const from = Math.floor(at * bytes.length)
      bytes = Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)])
    }
    return bytes
  })

describe('a provider that is sent ten thousand requests with mistakes', () => {
  let current: Serving
  before(async () => {
    const listen = httpListen({ headersTimeoutMs: 100, requestTimeoutMs: 150, keepAliveTimeoutMs: 50 })
    current = await serving({ transport: { connect: httpConnect({ logger: silent }), listen } })
  })
  after(() => current[Symbol.asyncDispose]())

  it('answers each or ends it, blames itself for none, and takes no more memory for it', async function () {
    this.timeout(120_000)
    const send = (samples: readonly Buffer[]) =>
      Promise.all(
        samples.map(async (bytes) => {
          const { statuses, text } = await raw(current.listener.port, bytes)
          for (const status of statuses) {
            expect(
              status === 501 || status === 504 || status < 500,
              `${status} for ${bytes.toString('latin1')}`,
            ).to.equal(true)
          }
          expect(text).not.to.match(/node_modules|\.ts:\d/)
        }),
      )
    const samples = fc.sample(mutated, { numRuns: 10_000, seed: 42 })
    let warm = 0
    for (let at = 0; at < samples.length; at += 200) {
      await send(samples.slice(at, at + 200))
      if (at === 4_000) warm = process.memoryUsage().rss
    }
    expect(process.memoryUsage().rss - warm).to.be.below(150 * 2 ** 20)
    expect((await current.endpoint.invoke(calling('echo', ['still here']))).value).to.deep.equal(['still here'])
  })
})
