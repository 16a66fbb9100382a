import { once } from 'node:events'
import {
  createServer,
  get,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { Cell, type ProviderRecord, providerRecord, type SessionState } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import {
  type CatalogEntry,
  type Dashboard,
  type DashboardOptions,
  dashboard,
  type Recorder,
  recorder,
  type StatsSnapshot,
} from '@kumquat/monitor'
import { expect } from 'chai'
import { CATALOG } from '../parts.ts'

/** A real HTTP server on loopback. */
export interface Web extends AsyncDisposable {
  readonly port: number
  /** Paths asked for, in order. */
  readonly asked: readonly string[]
}

export async function web(answer: RequestListener, port = 0): Promise<Web> {
  const asked: string[] = []
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** All that the dashboard needs of a provider: a recorder behind `GET /_kumquat/stats`. */
export interface Providing extends Web {
  readonly record: ProviderRecord
  readonly counts: Recorder
}

export async function providing(known: Partial<ProviderRecord> = {}, port = 0): Promise<Providing> {
  const counts = recorder()
  const server = await web((request, response) => {
    response.statusCode = request.url === '/_kumquat/stats' ? 200 : 404
    response.end(JSON.stringify(counts.stats()))
  }, port)
  const record = providerRecord({ host: '127.0.0.1', methods: ['getMovieById'], ...known, port: server.port })
  return { ...server, counts, record }
}

/** A dashboard over a catalog that the test writes. */
export interface Shown extends Dashboard {
  readonly session: Cell<SessionState>
  readonly catalog: Cell<readonly CatalogEntry[]>
}

export async function show(
  records: readonly ProviderRecord[] = [],
  options: Partial<DashboardOptions> = {},
): Promise<Shown> {
  const session = new Cell<SessionState>('connected')
  const catalog = new Cell<readonly CatalogEntry[]>([{ service: CATALOG, records }])
  const registryUrl = 'zookeeper://user:secret@127.0.0.1:2181/root'
  const shown = await dashboard({ registryUrl, session, catalog, port: 0, scrapeEveryMs: 20, ...options })
  return { ...shown, session, catalog }
}

type Stats = Omit<StatsSnapshot, 'callers'>

/** A snapshot without callers, as a reader of `/_kumquat/stats` has it. */
export function read(counts: Recorder): Stats {
  const { callers: _, ...stats } = counts.stats()
  return stats
}

/** One event of a stream of server-sent events. */
export interface StreamEvent {
  readonly id: string
  readonly event: string
  readonly data: string
}

/** An open page, as far as its stream is concerned. */
export interface Listening extends AsyncDisposable {
  readonly events: readonly StreamEvent[]
  /** Everything received, comments included. */
  readonly text: () => string
  readonly closed: () => boolean
  /** Whether it was ended in good order. */
  readonly complete: () => boolean
  readonly headers: IncomingHttpHeaders
}

export async function listenTo(port: number): Promise<Listening> {
  const request = get({ host: '127.0.0.1', port, path: '/api/events', agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  let closed = false
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    text += chunk
  })
  response.on('error', () => {})
  response.on('close', () => {
    closed = true
  })
  return {
    get events() {
      return eventsIn(text)
    },
    text: () => text,
    closed: () => closed,
    complete: () => response.complete,
    headers: response.headers,
    async [Symbol.asyncDispose]() {
      request.destroy()
      await eventually(() => expect(closed).to.equal(true))
    },
  }
}

/** Whole events only: each ends with an empty line. */
function eventsIn(text: string): readonly StreamEvent[] {
  const blocks = text
    .split('\n\n')
    .slice(0, -1)
    .map((block) => block.split('\n'))
  return blocks.flatMap((lines) => {
    const field = (name: string): string =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? ''
    return field('event') === '' ? [] : [{ id: field('id'), event: field('event'), data: field('data') }]
  })
}
