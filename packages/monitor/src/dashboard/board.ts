import { type Clock, formatServiceKey, type Live, type ProviderRecord, type ServiceKey } from '@kumquat/core'
import type { StatsSnapshot } from '../stats-snapshot.ts'
import { Memory } from './memory.ts'
import type { Point, ScrapeView, Snapshot } from './model.ts'
import { HISTORY_POINTS, ServiceBoard } from './service-board.ts'
import { Source } from './source.ts'
import { Sum } from './sum.ts'
import type { RegistryWatch } from './watch-registry.ts'

/** One service and who provides it: an entry of the registry's catalog. */
export interface CatalogEntry {
  readonly service: ServiceKey
  readonly records: readonly ProviderRecord[]
}

export interface BoardOptions {
  readonly catalog: Live<readonly CatalogEntry[]>
  readonly registry: Pick<RegistryWatch, 'current'>
  readonly clock: Clock
}

/** How long a service, or a process, that left the registry is remembered. */
const KEEP_MS = 300_000

/** All that the dashboard knows: fed by the catalog and by what providers answer; `advance` makes of it what is shown. */
export class Board {
  readonly #options: BoardOptions
  readonly #bornAt: number
  readonly #sources = new Memory<Source>(KEEP_MS)
  readonly #services = new Memory<ServiceBoard>(KEEP_MS)
  #scrape: ScrapeView = { answered: 0, asked: 0, at: null }
  #history: readonly Point[] = []
  #calls = 0
  #seq = 0
  #advancedAt: number

  constructor(options: BoardOptions) {
    this.#options = options
    this.#bornAt = options.clock.now()
    this.#advancedAt = this.#bornAt
  }

  /** Who is to be asked for statistics: every address in the catalog, once. */
  targets(): readonly ProviderRecord[] {
    this.#readCatalog()
    const records = this.#options.catalog.current.flatMap((entry) => entry.records)
    return [...new Map(records.map((record) => [record.id, record])).values()]
  }

  /** An instance answered with its statistics. Only services that it is registered for are counted. */
  answered(id: string, stats: Omit<StatsSnapshot, 'callers'>): void {
    const now = this.#options.clock.now()
    // A process that is older than our memory may have been counted before, and forgotten.
    const sinceMs = Math.min(now - this.#bornAt, KEEP_MS)
    const reading = this.#sources.get(id)?.answered(stats, now, sinceMs)
    for (const [service, readings] of reading?.services ?? []) {
      this.#calls += this.#services.get(service)?.took(id, readings) ?? 0
    }
  }

  /** An instance answered, but not with statistics of ours. */
  answeredOtherwise(id: string): void {
    this.#sources.get(id)?.answeredOtherwise()
  }

  missed(id: string): void {
    this.#sources.get(id)?.missed()
  }

  scraped(round: ScrapeView): void {
    this.#scrape = round
  }

  /** The state of things now, and one more point in every history. To be called once a second. */
  advance(): Snapshot {
    this.#readCatalog()
    const { clock, registry } = this.#options
    const at = Math.round(clock.epoch())
    const moment = { at, now: clock.now(), before: this.#advancedAt }
    this.#advancedAt = moment.now
    const services = this.#services.values().map((service) => service.tick(this.#sources, moment))
    const recent = new Sum()
    const newest = new Sum()
    for (const service of services) {
      recent.merge(service.recent)
      newest.merge(service.newest)
    }
    this.#history = [...this.#history, newest.point(at)].slice(-HISTORY_POINTS)
    return {
      seq: ++this.#seq,
      at,
      registry: registry.current,
      scrape: this.#scrape,
      totals: recent.figures(this.#calls),
      services: services.map(({ view }) => view).sort((a, b) => (a.key < b.key ? -1 : 1)),
      history: this.#history,
    }
  }

  #readCatalog(): void {
    const now = this.#options.clock.now()
    const listed = new Set<ServiceBoard>()
    for (const { service, records } of this.#options.catalog.current) {
      const board = this.#services.touch(formatServiceKey(service), now, () => new ServiceBoard(service))
      board.provide(records)
      listed.add(board)
      for (const { id } of records) this.#sources.touch(id, now, () => new Source())
    }
    this.#services.forget(now)
    this.#sources.forget(now)
    for (const board of this.#services.values()) if (!listed.has(board)) board.provide([])
  }
}
