import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PAGE_FOLDER, pageFile } from '../../src/dashboard/page.ts'
import type { Figures, Point, ServiceView, Snapshot, Tick } from '../../src/index.ts'

/** The page, over a stream that says what the test has it say: for bad days that a real dashboard does not have. */
export interface ScriptedFeed extends AsyncDisposable {
  readonly url: string
  /** How many streams were opened so far. */
  readonly opened: number
  /** What the next stream begins with. */
  begin(snapshot: Snapshot): void
  tell(tick: Tick): void
}

export async function scriptedFeed(first: Snapshot): Promise<ScriptedFeed> {
  let beginning = first
  let stream: ServerResponse | undefined
  let opened = 0
  const server = createServer(async ({ url = '/' }, response) => {
    if (url !== '/api/events') {
      const file = await pageFile(PAGE_FOLDER, url === '/' ? 'index.html' : url.slice(1))
      return void response.writeHead(200, { 'content-type': file?.type ?? 'text/plain' }).end(file?.body)
    }
    opened++
    stream = response.writeHead(200, { 'content-type': 'text/event-stream' })
    stream.write(`event: snapshot\ndata: ${JSON.stringify(beginning)}\n\n`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    get opened() {
      return opened
    },
    begin: (snapshot) => {
      beginning = snapshot
    },
    tell: (tick) => void stream?.write(`event: tick\ndata: ${JSON.stringify(tick)}\n\n`),
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** 14 November 2023, 22:13:20 UTC. */
const START = 1_700_000_000_000

export function snapshot(seq: number, services: readonly ServiceView[]): Snapshot {
  return { ...common(seq), services, history: [point(seq)] }
}

export function tick(seq: number, news: Partial<Pick<Tick, 'changed' | 'gone'>>): Tick {
  return { ...common(seq), changed: [], gone: [], ...news, point: point(seq) }
}

/** A service that was called `calls` times, all in its last second. */
export function service(seq: number, key: string, calls: number): ServiceView {
  const [app = '', group = ''] = key.split('/')
  return { key, app, group, versions: [], instances: [], methods: [], ...figures(calls), history: [point(seq, calls)] }
}

function common(seq: number): Pick<Snapshot, 'seq' | 'at' | 'registry' | 'scrape' | 'totals'> {
  const at = START + seq * 1000
  return {
    seq,
    at,
    registry: { url: 'memory:', state: 'connected', since: START },
    scrape: { answered: 1, asked: 1, at },
    totals: figures(seq),
  }
}

function figures(calls: number): Figures {
  return { callsPerSecond: calls, errorRatio: 0, p50Ms: 1, p95Ms: 2, p99Ms: 3, calls, inFlight: 0 }
}

function point(seq: number, callsPerSecond = 1): Point {
  const at = START + seq * 1000
  return { at, callsPerSecond, grayPerSecond: 0, errorsPerSecond: 0, p50Ms: 1, p95Ms: 2, p99Ms: 3 }
}
