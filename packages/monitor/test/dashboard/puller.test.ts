import { formatAddress, systemClock } from '@kumquat/core'
import { expect } from 'chai'
import { type Pulled, Puller } from '../../src/dashboard/puller.ts'
import { observe } from '../parts.ts'
import { providing, type Web, web } from './parts.ts'

describe('Puller', () => {
  let puller: Puller

  beforeEach(() => {
    puller = new Puller({ clock: systemClock, timeoutMs: 2_000, maxBytes: 100_000 })
  })

  afterEach(async () => {
    await puller[Symbol.asyncDispose]()
  })

  const pull = ({ port }: { readonly port: number }): Promise<Pulled> => puller.pull({ host: '127.0.0.1', port })

  const answering = (status: number, body: string, headers: Record<string, string> = {}): Promise<Web> =>
    web((_request, response) => response.writeHead(status, headers).end(body))

  it('reads what a provider counts', async () => {
    await using provider = await providing()
    observe(provider.counts)
    const pulled = await pull(provider)
    expect(pulled).to.have.nested.property('stats.series[0].codes.ok', 1)
    expect(provider.asked).to.deep.equal(['/_kumquat/stats'])
  })

  it('takes any other answer for that of a program that is not ours', async () => {
    const answers = [
      [404, 'no such page'],
      [405, ''],
      [401, 'who are you?'],
      [200, '<html>hello</html>'],
      [200, '{"title":"Alien"}'],
      [200, '{"schema":2,"series":[]}'],
      [200, 'null'],
    ] as const
    for (const [status, body] of answers) {
      await using server = await answering(status, body)
      expect(await pull(server), body).to.deep.equal({ kind: 'foreign' })
    }
  })

  it('follows no redirect', async () => {
    await using elsewhere = await answering(200, 'secret')
    await using server = await answering(302, '', { location: `http://127.0.0.1:${elsewhere.port}/` })
    expect(await pull(server)).to.deep.equal({ kind: 'foreign' })
    expect(elsewhere.asked).to.deep.equal([])
  })

  it('misses when the provider fails, breaks off, says too much or is not there', async () => {
    await using failing = await answering(503, 'draining')
    await using breaking = await web((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{')
      response.destroy()
    })
    await using talking = await answering(200, 'x'.repeat(100_001))
    const gone = await answering(200, '')
    await gone[Symbol.asyncDispose]()
    expect(await pull(failing)).to.deep.equal({ kind: 'missed', why: 'it answered with status 503' })
    for (const server of [breaking, talking, gone]) expect(await pull(server)).to.have.property('kind', 'missed')
  })

  it('waits no longer than it was told to, for headers or for the rest', async () => {
    const hasty = new Puller({ clock: systemClock, timeoutMs: 50, maxBytes: 1_000 })
    await using silent = await web(() => {})
    await using halting = await web((_request, response) => response.writeHead(200).write('{'))
    for (const { port } of [silent, halting]) {
      expect(await hasty.pull({ host: '127.0.0.1', port })).to.deep.equal({
        kind: 'missed',
        why: 'no answer within 50 ms',
      })
    }
    await hasty[Symbol.asyncDispose]()
  })

  it('asks no link-local address, however it is written, and no address that is none', async () => {
    const hosts = ['169.254.169.254', '2852039166', '0xa9fea9fe', '169.254.43518', '169.254.169.254.', 'fe80::1']
    for (const host of [...hosts, '127.0.0.1/x?', 'a@127.0.0.1', 'a b', '', '#']) {
      const pulled = await puller.pull({ host, port: 80 })
      expect(pulled, host).to.deep.equal({
        kind: 'missed',
        why: `${formatAddress({ host, port: 80 })} may not be asked`,
      })
    }
  })

  it('leaves no connection standing', async () => {
    const connections: unknown[] = []
    await using server = await web((incoming, response) => {
      connections.push(incoming.headers.connection)
      response.end()
    })
    await pull(server)
    expect(connections).to.deep.equal(['close'])
  })

  it('ends what is under way when it is disposed, and misses from then on', async () => {
    await using silent = await web(() => {})
    const pulled = pull(silent)
    await puller[Symbol.asyncDispose]()
    expect(await pulled).to.have.property('kind', 'missed')
    expect(await pull(silent)).to.have.property('kind', 'missed')
  })
})
