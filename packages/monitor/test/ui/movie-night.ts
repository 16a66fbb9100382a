import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  Cell,
  type ProviderRecord,
  providerRecord,
  type RpcErrorCode,
  type SessionState,
  seededRng,
  systemClock,
} from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { type CatalogEntry, type Dashboard, dashboard, type Recorder, recorder } from '../../src/index.ts'

export const MOVIES = { app: 'movie', group: 'catalog' }
const METHODS = ['getMovieById', 'getMovieByCity']

/** Three providers of the movie service, the last of them gray, and a dashboard that watches them. */
export interface MovieNight extends AsyncDisposable {
  readonly url: string
  readonly session: Cell<SessionState>
  readonly catalog: Cell<readonly CatalogEntry[]>
  /** The catalog as it was at first. */
  readonly listed: readonly CatalogEntry[]
  readonly providers: readonly CountingProvider[]
  /** Calls of `getMovieById`, one stable provider after the other. */
  serve(calls: number, code?: RpcErrorCode | 'ok'): void
  /** Ends the dashboard and leaves the rest. */
  endDashboard(): Promise<void>
  /** Starts another where it was. */
  startDashboard(): Promise<void>
}

/** A server that answers what the statistics of a provider answer. */
export interface CountingProvider extends AsyncDisposable {
  readonly record: ProviderRecord
  readonly recorder: Recorder
  /** Resolves when it was asked two times from now, so that the answer to the first has been heard. */
  askedTwiceMore(): Promise<void>
}

export async function movieNight(): Promise<MovieNight> {
  const providers = await Promise.all([
    countingProvider({ version: 'V1' }),
    countingProvider({ version: 'V1' }),
    countingProvider({ version: 'V2', gray: true }),
  ])
  const listed = [{ service: MOVIES, records: providers.map(({ record }) => record) }]
  const session = new Cell<SessionState>('connected')
  const catalog = new Cell<readonly CatalogEntry[]>(listed)
  const start = async (port: number): Promise<Dashboard> => {
    const started = await dashboard({ registryUrl: REGISTRY, session, catalog, port, scrapeEveryMs: 100 })
    // What was counted before the first look at a provider is not the dashboard's to show.
    await Promise.all(catalog.current.length === 0 ? [] : providers.map((provider) => provider.askedTwiceMore()))
    return started
  }
  let running = await start(0)
  const { port, url } = running
  const rng = seededRng(1)
  let next = 0
  return {
    url,
    session,
    catalog,
    listed,
    providers,
    serve: (calls, code = 'ok') => {
      for (let call = 0; call < calls; call++) {
        const { recorder } = providers[next++ % 2]!
        const start = { kind: 'served', service: MOVIES, method: METHODS[0]!, lane: 'stable', caller: 'web' } as const
        recorder.started(start)
        recorder.ended({ ...start, code, durationMs: 1 + 20 * rng() })
      }
    },
    endDashboard: async () => await running[Symbol.asyncDispose](),
    startDashboard: async () => {
      running = await start(port)
    },
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]()
      await Promise.all(providers.map((provider) => provider[Symbol.asyncDispose]()))
    },
  }
}

export const REGISTRY = 'zookeeper://127.0.0.1:2181/cinema'

async function countingProvider(known: Partial<ProviderRecord>): Promise<CountingProvider> {
  const counts = recorder()
  let asked = 0
  const server = createServer((_request, response) => {
    asked++
    response.end(JSON.stringify(counts.stats()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const startedAt = Math.round(systemClock.epoch())
  const record = providerRecord({ host: '127.0.0.1', port, methods: METHODS, startedAt, ...known })
  return {
    record,
    recorder: counts,
    askedTwiceMore: async () => {
      const enough = asked + 2
      await eventually(() => {
        if (asked < enough) throw new Error(`${record.id} was asked ${asked} times, not ${enough}`)
      })
    },
    [Symbol.asyncDispose]: () => ended(server),
  }
}

async function ended(server: Server): Promise<void> {
  if (!server.listening) return
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}
