import { Cell, type Clock, type Live, type ProviderRecord, type Rng } from '@kumquat/core'
import type { Distribution } from './distributions.ts'

interface Feed {
  readonly records: Cell<readonly ProviderRecord[]>
  /** When the latest news on its way arrives. */
  lastMs: number
}

/** What is registered; every client learns of it at a time of its own, but of one thing after the other. */
export class SimulatedRegistry {
  readonly #clock: Clock
  readonly #rng: Rng
  readonly #delay: Distribution
  readonly #records = new Map<string, ProviderRecord>()
  readonly #feeds: Feed[] = []
  #set: readonly ProviderRecord[] | undefined

  constructor(clock: Clock, rng: Rng, delay: Distribution) {
    this.#clock = clock
    this.#rng = rng
    this.#delay = delay
  }

  get current(): readonly ProviderRecord[] {
    this.#set ??= [...this.#records.values()]
    return this.#set
  }

  /** Adds a record, or replaces the one of its id. */
  put(record: ProviderRecord): void {
    this.#records.set(record.id, record)
    this.#tell()
  }

  remove(id: string): void {
    if (this.#records.delete(id)) this.#tell()
  }

  /** What one client sees of it. It begins with the truth. */
  feed(): Live<readonly ProviderRecord[]> {
    const records = new Cell(this.current)
    this.#feeds.push({ records, lastMs: 0 })
    return records
  }

  #tell(): void {
    this.#set = undefined
    for (const feed of this.#feeds) {
      const set = this.current
      feed.lastMs = Math.max(feed.lastMs, this.#clock.now() + this.#delay.draw(this.#rng))
      this.#clock.after(feed.lastMs - this.#clock.now(), () => feed.records.set(set))
    }
  }
}
