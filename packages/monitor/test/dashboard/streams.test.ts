import { once } from 'node:events'
import { get } from 'node:http'
import { eventually, type HandClock, handClock } from '@kumquat/core/testing'
import type { Snapshot } from '@kumquat/monitor'
import { expect } from 'chai'
import { Streams } from '../../src/dashboard/streams.ts'
import { listenTo, type Web, web } from './parts.ts'

/** Streams do not look into what they tell, except for its number. */
const news = (seq: number, padding = ''): Snapshot => ({ seq, padding }) as unknown as Snapshot

describe('Streams', () => {
  let clock: HandClock
  let streams: Streams
  let server: Web
  let current: Snapshot

  beforeEach(async () => {
    clock = handClock()
    current = news(1)
    const snapshot = (): Snapshot => current
    streams = new Streams({ snapshot, maxStreams: 3, maxUnreadBytes: 100_000, heartbeatMs: 15_000, clock })
    server = await web((_request, response) => streams.add(response, { 'x-content-type-options': 'nosniff' }))
  })

  afterEach(async () => {
    streams[Symbol.dispose]()
    await server[Symbol.asyncDispose]()
    expect(clock.pending).to.equal(0)
  })

  it('begins with the time to wait before reconnecting, and a snapshot', async () => {
    await using page = await listenTo(server.port)
    await eventually(() => expect(page.text()).to.match(/^retry: 2000\n\nid: 1\nevent: snapshot\ndata: \{.*\}\n\n$/))
    expect(page.headers).to.include({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    })
  })

  it('tells every page the same', async () => {
    await using one = await listenTo(server.port)
    await using other = await listenTo(server.port)
    streams.tell('tick', news(2))
    for (const page of [one, other]) {
      await eventually(() =>
        expect(page.events.map(({ id, event }) => [id, event])).to.deep.equal([
          ['1', 'snapshot'],
          ['2', 'tick'],
        ]),
      )
    }
  })

  it('sends a comment every fifteen seconds', async () => {
    await using page = await listenTo(server.port)
    await clock.advance(15_000)
    await eventually(() => expect(page.text()).to.match(/\n\n: still here\n\n$/))
  })

  it('forgets a page that went away', async () => {
    const page = await listenTo(server.port)
    expect(streams.size).to.equal(1)
    await page[Symbol.asyncDispose]()
    await eventually(() => expect(streams.size).to.equal(0))
  })

  it('is full at its limit, and has room again when a page went away', async () => {
    const pages = [await listenTo(server.port), await listenTo(server.port)]
    expect(streams.full).to.equal(false)
    pages.push(await listenTo(server.port))
    expect(streams.full).to.equal(true)
    for (const page of pages) await page[Symbol.asyncDispose]()
    await eventually(() => expect(streams.full).to.equal(false))
  })

  it('drops ticks for a page that does not read, and sends a snapshot once it has caught up', async () => {
    const request = get({ host: '127.0.0.1', port: server.port, agent: false })
    const [response] = await once(request, 'response')
    await using quick = await listenTo(server.port)
    const [TICKS, BYTES] = [41, 500_000]
    for (let seq = 2; seq <= TICKS; seq++) {
      streams.tell('tick', news(seq, 'x'.repeat(BYTES)))
      await eventually(() => expect(quick.text().length).to.be.above((seq - 1) * BYTES))
    }
    current = news(TICKS)
    let text = ''
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    await eventually(() => {
      streams.tell('tick', news(TICKS + 1))
      expect(text).to.include(`id: ${TICKS}\nevent: snapshot\n`)
    })
    expect(text.match(/event: tick/g)?.length, 'ticks that reached the slow page').to.be.below(TICKS - 10)
    request.destroy()
  })

  it('ends every page when it is disposed', async () => {
    const pages = [await listenTo(server.port), await listenTo(server.port)]
    streams[Symbol.dispose]()
    for (const page of pages) await eventually(() => expect(page.closed()).to.equal(true))
    expect(streams.size).to.equal(0)
  })
})
