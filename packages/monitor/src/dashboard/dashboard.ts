import {
  type Clock,
  every,
  type Live,
  type Logger,
  type ProviderRecord,
  type Rng,
  type SessionState,
  silent,
  systemClock,
  systemRng,
} from '@kumquat/core'
import { Board, type CatalogEntry } from './board.ts'
import { guard } from './guard.ts'
import type { Snapshot } from './model.ts'
import { PAGE_FOLDER } from './page.ts'
import { Puller } from './puller.ts'
import { scrape } from './scrape.ts'
import { listen } from './server.ts'
import { Streams } from './streams.ts'
import { tickBetween } from './tick-between.ts'
import { watchRegistry } from './watch-registry.ts'

export interface DashboardOptions {
  /** Shown to people; user and password are left out. */
  readonly registryUrl: string
  readonly session: Live<SessionState>
  /** All services and who provides them, as far as known: it may be empty at first and fill in. Not disposed here. */
  readonly catalog: Live<readonly CatalogEntry[]>
  /** Address to listen on. Default `127.0.0.1`; one that others can reach needs a `token`. */
  readonly host?: string
  /** Default 7070. 0 = any that is free. */
  readonly port?: number
  /** What a visitor must show: as `/?token=…` once, or as a bearer token. 16 characters or more. Default: none. */
  readonly token?: string
  /** Pause between two rounds of asking the providers, in ms, 10 or more. Default 1 000. */
  readonly scrapeEveryMs?: number
  /** Folder of the built page. Default: the one that comes with this package. */
  readonly page?: URL
  readonly logger?: Logger
  readonly clock?: Clock
  readonly rng?: Rng
}

/** A running dashboard. Disposing it ends the streams of all open pages and stops asking the providers. */
export interface Dashboard extends AsyncDisposable {
  /** Where to open it, e.g. `http://127.0.0.1:7070/`. */
  readonly url: string
  readonly port: number
  /** What the pages show at this moment; also at `GET /api/snapshot`. */
  snapshot(): Snapshot
}

const TICK_MS = 1_000
/** A whole snapshot instead of a tick this often, so that no page stays wrong for long. */
const SNAPSHOT_EVERY_TICKS = 60
const PULL = { timeoutMs: 800, maxBytes: 1_048_576, atOnce: 32 }
const STREAMS = { maxStreams: 100, maxUnreadBytes: 1_048_576, heartbeatMs: 15_000 }

/**
 * Serves the dashboard: watches the catalog, asks every provider in it for its statistics, and pushes what it learns to the
 * open pages. Answers as soon as it listens, whatever the registry does.
 *
 * Throws `TypeError` for an address that others can reach without a token, `RpcError` `unavailable` for one that cannot be
 * listened on.
 */
export async function dashboard({
  registryUrl,
  session,
  catalog,
  host = '127.0.0.1',
  port = 7070,
  token,
  scrapeEveryMs = 1_000,
  page = PAGE_FOLDER,
  logger = silent,
  clock = systemClock,
  rng = systemRng,
}: DashboardOptions): Promise<Dashboard> {
  if (!(scrapeEveryMs >= 10)) throw new RangeError(`dashboard scrapeEveryMs ${scrapeEveryMs} is not 10 or more`)
  const door = guard({ host, token })
  const registry = watchRegistry(registryUrl, session, clock)
  const board = new Board({ catalog, registry, clock })
  let shown = board.advance()
  const snapshot = (): Snapshot => shown
  const streams = new Streams({ ...STREAMS, snapshot, clock })
  const server = await listen(host, port, { guard: door, streams, snapshot, page }).catch((error: unknown) => {
    registry[Symbol.dispose]()
    throw error
  })
  const puller = new Puller({ ...PULL, clock })
  const scraping = scrape({
    targets: () => board.targets(),
    ask: (record) => ask(record, puller, board, logger),
    onRound: (round) => board.scraped({ ...round, at: Math.round(clock.epoch()) }),
    everyMs: scrapeEveryMs,
    atOnce: PULL.atOnce,
    clock,
    rng,
  })
  const ticking = every(clock, TICK_MS, () => {
    const before = shown
    shown = board.advance()
    if (streams.size === 0) return
    if (shown.seq % SNAPSHOT_EVERY_TICKS === 0) streams.tell('snapshot', shown)
    else streams.tell('tick', tickBetween(before, shown))
  })
  const close = async (): Promise<void> => {
    ticking[Symbol.dispose]()
    scraping[Symbol.dispose]()
    registry[Symbol.dispose]()
    await Promise.all([puller[Symbol.asyncDispose](), server[Symbol.asyncDispose]()])
  }
  let closing: Promise<void> | undefined
  return {
    url: server.url,
    port: server.port,
    snapshot,
    [Symbol.asyncDispose]() {
      closing ??= close()
      return closing
    },
  }
}

/** Asks one provider, notes the answer, and says whether there was one. */
async function ask(provider: ProviderRecord, puller: Puller, board: Board, logger: Logger): Promise<boolean> {
  const pulled = await puller.pull(provider)
  if (pulled.kind === 'stats') board.answered(provider.id, pulled.stats)
  else if (pulled.kind === 'foreign') board.answeredOtherwise(provider.id)
  else {
    board.missed(provider.id)
    logger.debug({ provider: provider.id, why: pulled.why }, 'a provider did not answer with its statistics')
  }
  return pulled.kind !== 'missed'
}
