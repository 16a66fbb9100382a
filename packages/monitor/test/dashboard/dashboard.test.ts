import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { providerRecord, RpcError } from '@kumquat/core'
import { eventually, handClock, recordingLogger } from '@kumquat/core/testing'
import type { DashboardOptions, Snapshot, Tick } from '@kumquat/monitor'
import { expect } from 'chai'
import { CATALOG, observe } from '../parts.ts'
import { listenTo, providing, type Shown, show, web } from './parts.ts'

const TOKEN = 'correct horse battery'

describe('dashboard', () => {
  describe('figures', () => {
    it('shows exactly the calls made: three instances, one restart, some looks missed', async () => {
      await using first = await providing()
      await using second = await providing()
      await using third = await providing({ gray: true })
      await using shown = await show([first.record, second.record, third.record])
      await firstLook(shown, 3)
      const calls = (count: number) => eventually(() => expect(shown.snapshot().totals.calls).to.equal(count))
      for (let i = 0; i < 1_000; i++) for (const { counts } of [first, second, third]) observe(counts)
      await calls(3_000)

      await first[Symbol.asyncDispose]()
      await eventually(() => expect(stateOf(shown, first.record.id)).to.equal('down'))
      for (let i = 0; i < 500; i++) observe(second.counts)
      await using again = await providing({}, first.port)
      for (let i = 0; i < 100; i++) observe(again.counts)
      await calls(3_600)
      const services = shown.snapshot().services.map(({ key, calls: all, instances }) => {
        return [key, all, Object.fromEntries(instances.map(({ id, calls: own }) => [id, own]))]
      })
      expect(services).to.deep.equal([
        ['movie/catalog', 3_600, { [first.record.id]: 1_100, [second.record.id]: 1_500, [third.record.id]: 1_000 }],
      ])
    })

    it('says who answered, and marks a program that is not ours', async () => {
      await using ours = await providing()
      await using foreign = await web((_request, response) => response.writeHead(404).end())
      const alien = providerRecord({ host: '127.0.0.1', port: foreign.port })
      const gone = providerRecord({ host: '169.254.169.254', port: 80 })
      const logger = recordingLogger()
      await using shown = await show([ours.record, alien, gone], { logger })
      await eventually(() => {
        expect(shown.snapshot().scrape).to.include({ answered: 2, asked: 3 })
        expect(Object.fromEntries(instancesOf(shown).map(({ id, ...rest }) => [id, rest]))).to.containSubset({
          [ours.record.id]: { state: 'up' },
          [alien.id]: { state: 'up', unmeasured: true, calls: 0, p50Ms: null },
          [gone.id]: { state: 'down' },
        })
      })
      expect(logger.lines[0]).to.deep.include({
        facts: { provider: gone.id, why: '169.254.169.254:80 may not be asked' },
      })
    })

    it('sees providers come and go with the catalog', async () => {
      await using provider = await providing()
      await using shown = await show()
      expect(instancesOf(shown)).to.deep.equal([])
      shown.catalog.set([{ service: CATALOG, records: [provider.record] }])
      await eventually(() => expect(instancesOf(shown).map(({ id }) => id)).to.deep.equal([provider.record.id]))
      shown.catalog.set([])
      await eventually(() => expect(instancesOf(shown)).to.deep.equal([]))
    })

    it('works with a registry that is down, and says since when', async () => {
      const clock = handClock({ epochMs: 1_800_000_000_000 })
      await using shown = await show([], { clock })
      await clock.advance(5_500)
      shown.session.set('lost')
      await clock.advance(1_000)
      const { registry } = (await (await fetch(new URL('api/snapshot', shown.url))).json()) as Snapshot
      expect(registry).to.deep.equal({
        url: 'zookeeper://127.0.0.1:2181/root',
        state: 'lost',
        since: 1_800_000_005_500,
      })
    })
  })

  describe('stream', () => {
    it('begins with a snapshot and goes on with a tick a second, numbered without a gap', async () => {
      await using provider = await providing()
      await using shown = await show([provider.record])
      await firstLook(shown, 1)
      await using page = await listenTo(shown.port)
      observe(provider.counts)
      await eventually(() => expect(page.events.filter(({ event }) => event === 'tick')).to.have.length(2))
      const [first, ...ticks] = page.events.map(({ data }) => JSON.parse(data)) as [Snapshot, ...Tick[]]
      expect(first.services).to.have.length(1)
      expect([first, ...ticks].map(({ seq }) => seq - first.seq)).to.deep.equal([0, 1, 2])
      expect(ticks.some(({ changed }) => changed[0]?.calls === 1)).to.equal(true)
      for (const { event, id, data } of page.events) expect([event, id]).to.include(String(JSON.parse(data).seq))
    })

    it('sends a whole snapshot instead of a tick once a minute', async () => {
      const clock = handClock()
      await using shown = await show([], { clock })
      await using page = await listenTo(shown.port)
      await clock.advance(120_000)
      await eventually(() => expect(page.events).to.have.length(121))
      const snapshots = page.events.filter(({ event }) => event === 'snapshot').map(({ id }) => id)
      expect(snapshots).to.deep.equal(['1', '60', '120'])
    })

    it('ends with the dashboard, however many pages are open', async () => {
      const shown = await show()
      const pages = await Promise.all(Array.from({ length: 20 }, () => listenTo(shown.port)))
      await shown[Symbol.asyncDispose]()
      for (const page of pages) {
        await eventually(() => expect(page.closed()).to.equal(true))
        expect(page.complete()).to.equal(true)
      }
      expect(await refusal(fetch(shown.url))).to.be.an('error')
    })

    it('ends with the dashboard even where nobody reads it', async () => {
      const zone = 'z'.repeat(100_000)
      const records = Array.from({ length: 200 }, (_, i) => providerRecord({ host: '127.0.0.1', port: i + 1, zone }))
      const shown = await show(records)
      const asked = request({ host: '127.0.0.1', port: shown.port, path: '/api/events', agent: false }).end()
      await once(asked, 'response')
      asked.on('error', () => {})
      await shown[Symbol.asyncDispose]()
    })

    it('is not held up by somebody who only began to ask', async () => {
      const shown = await show()
      const socket = connect(shown.port, '127.0.0.1').on('error', () => {})
      await once(socket, 'connect')
      socket.write('GET / HTTP/1.1\r\n')
      await ask(shown, '/api/snapshot')
      await shown[Symbol.asyncDispose]()
      socket.destroy()
    })

    it('is refused to one page too many', async () => {
      await using shown = await show()
      const pages = await Promise.all(Array.from({ length: 100 }, () => listenTo(shown.port)))
      const { status, body } = await ask(shown, '/api/events')
      expect([status, body]).to.deep.equal([503, 'too many pages are open: close one of them\n'])
      for (const page of pages) await page[Symbol.asyncDispose]()
    })
  })

  describe('door', () => {
    it('opens on 127.0.0.1, and says where', async () => {
      await using shown = await show()
      expect(shown.url).to.equal(`http://127.0.0.1:${shown.port}/`)
    })

    it('lets nobody set anything, or read from elsewhere', async () => {
      await using shown = await show()
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        const { status, headers } = await ask(shown, '/api/snapshot', { method })
        expect([status, headers.allow], method).to.deep.equal([405, 'GET'])
      }
      const { status, headers } = await ask(shown, '/api/snapshot', { headers: { origin: 'http://evil.example' } })
      expect(status).to.equal(200)
      expect(headers).not.to.have.property('access-control-allow-origin')
      expect((await ask(shown, '/api/events', { headers: { host: 'evil.example' } })).status).to.equal(403)
    })

    it('sends its security headers with everything, streams and refusals included', async () => {
      await using shown = await show()
      await using page = await listenTo(shown.port)
      const answers = [
        page.headers,
        (await ask(shown, '/')).headers,
        (await ask(shown, '/nothing')).headers,
        (await ask(shown, '/api/snapshot', { method: 'POST' })).headers,
      ]
      for (const headers of answers) {
        expect(headers['content-security-policy']).to.match(/script-src 'self';.*frame-ancestors 'none'/)
        expect(headers['content-security-policy']).not.to.include('unsafe')
        expect(headers['x-content-type-options']).to.equal('nosniff')
      }
    })

    it('asks for its token, and remembers who showed it', async () => {
      await using shown = await show([], { token: TOKEN })
      expect(await ask(shown, '/api/snapshot')).to.include({ status: 401 })
      expect(await ask(shown, '/?token=wrong')).to.include({ status: 401 })
      const shownIt = await ask(shown, `/?token=${encodeURIComponent(TOKEN)}`)
      expect([shownIt.status, shownIt.headers.location]).to.deep.equal([303, '/'])
      const cookie = shownIt.headers['set-cookie']![0]!.split(';')[0]!
      expect((await ask(shown, '/api/snapshot', { headers: { cookie } })).status).to.equal(200)
      const authorization = `Bearer ${TOKEN}`
      expect((await ask(shown, '/api/snapshot', { headers: { authorization } })).status).to.equal(200)
    })

    it('does not open where others can reach it without a token', async () => {
      expect(await refusal(show([], { host: '0.0.0.0' }))).to.be.instanceOf(TypeError)
    })

    it('says which port is in use, and what to do', async () => {
      await using taken = await web(() => {})
      const error = await refusal(show([], { port: taken.port }))
      expect(error).to.be.instanceOf(RpcError).with.property('code', 'unavailable')
      expect((error as Error).message).to.equal(
        `dashboard: 127.0.0.1:${taken.port} is in use: choose another port, or 0 for any that is free`,
      )
    })

    it('refuses a pace that makes no sense', async () => {
      const options: Partial<DashboardOptions> = { scrapeEveryMs: 0 }
      expect(await refusal(show([], options))).to.have.property(
        'message',
        'dashboard scrapeEveryMs 0 is not 10 or more',
      )
    })
  })

  describe('page', () => {
    let folder: string

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'kumquat-page-'))
    })

    afterEach(async () => {
      await rm(folder, { recursive: true })
    })

    const page = (): URL => pathToFileURL(`${folder}/`)

    it('is served from the folder of the build, with its types', async () => {
      await writeFile(join(folder, 'index.html'), '<!doctype html>')
      await writeFile(join(folder, 'app.js'), 'run()')
      await using shown = await show([], { page: page() })
      expect(await ask(shown, '/')).to.deep.include({ status: 200, body: '<!doctype html>' })
      const script = await ask(shown, '/app.js')
      expect([script.body, script.headers['content-type']]).to.deep.equal(['run()', 'text/javascript; charset=utf-8'])
      expect((await ask(shown, '/missing.js')).status).to.equal(404)
    })

    it('is nothing but the files of that folder', async () => {
      await writeFile(join(folder, 'index.html'), '')
      await using shown = await show([], { page: pathToFileURL(`${folder}/inner/`) })
      for (const path of [
        '/../index.html',
        '/..%2findex.html',
        '/%2e%2e/index.html',
        '/..%5cindex.html',
        '/.env',
        '/a%00.js',
      ]) {
        expect((await ask(shown, path)).status, path).to.be.within(400, 404)
      }
    })

    it('names the command that builds it when it is missing', async () => {
      await using shown = await show([], { page: page() })
      const { status, body } = await ask(shown, '/')
      expect(status).to.equal(503)
      expect(body).to.include('npm run build')
    })
  })
})

/** What a process did before it was first looked at may be no news. */
const firstLook = (shown: Shown, answered: number) =>
  eventually(() => expect(shown.snapshot().scrape.answered).to.equal(answered))

const instancesOf = (shown: Shown) => shown.snapshot().services.flatMap(({ instances }) => instances)

const stateOf = (shown: Shown, wanted: string) => instancesOf(shown).find(({ id }) => id === wanted)?.state

interface Answer extends Pick<IncomingMessage, 'headers'> {
  readonly status: number | undefined
  readonly body: string
}

/** A request as it is: paths and headers that `fetch` would mend or forbid. */
async function ask(
  { port }: { readonly port: number },
  path: string,
  options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  const asked = request({ host: '127.0.0.1', port, path, agent: false, ...options }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  let body = ''
  for await (const chunk of response) body += chunk
  return { status: response.statusCode, headers: response.headers, body }
}

const refusal = (refused: Promise<unknown>): Promise<unknown> =>
  refused.then(
    () => undefined,
    (error: unknown) => error,
  )
