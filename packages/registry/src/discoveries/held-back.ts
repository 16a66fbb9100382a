import { Cell, type Clock, type ProviderRecord, type Watch } from '@kumquat/core'
import { type Sighting, type Standing, sameMembers, sameSighting } from '../sighting.ts'
import type { Told } from './inquiry.ts'

export interface HeldBackOptions {
  /** Who of those that vanished is held back. `before` are all that had been listed. */
  readonly suspected: (
    vanished: readonly ProviderRecord[],
    before: readonly ProviderRecord[],
  ) => readonly ProviderRecord[]
  /** How one that is held back is used, until it is found alive: then like anyone. */
  readonly standing: Standing
  /** Begins to find out about one; disposed when that is no longer of interest. */
  readonly inquire: (record: ProviderRecord, told: Told) => Disposable
  /** How long one may stay that is alive but no longer listed, when others are listed. In ms. */
  readonly maxSuspectMs: number
  readonly clock: Clock
}

interface Suspect {
  readonly record: ProviderRecord
  readonly since: number
  standing: Standing
  inquiry: Disposable | undefined
}

/** A watch that goes on showing some of those who vanish from another, as suspects, until it is known what became of them. */
export class HeldBack implements Watch<Sighting> {
  readonly #inner: Watch<Sighting>
  readonly #options: HeldBackOptions
  readonly #suspects = new Map<string, Suspect>()
  readonly #sightings: Cell<Sighting>
  readonly #subscription: Disposable
  #seen: Sighting

  constructor(inner: Watch<Sighting>, options: HeldBackOptions) {
    this.#inner = inner
    this.#options = options
    this.#seen = inner.current
    this.#sightings = new Cell(inner.current)
    this.#subscription = inner.subscribe((sighting) => this.#see(sighting))
  }

  get current(): Sighting {
    return this.#sightings.current
  }

  subscribe(listener: (sighting: Sighting) => void): Disposable {
    return this.#sightings.subscribe(listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#subscription[Symbol.dispose]()
    for (const id of [...this.#suspects.keys()]) this.#release(id)
    await this.#inner[Symbol.asyncDispose]()
  }

  #see(sighting: Sighting): void {
    const before = this.#seen.records
    this.#seen = sighting
    const listed = new Set(sighting.records.map(({ id }) => id))
    const isSettled = (id: string): boolean => listed.has(id) || sighting.departed.has(id)
    for (const id of [...this.#suspects.keys()]) if (isSettled(id)) this.#release(id)
    const vanished = before.filter(({ id }) => !isSettled(id))
    const held = vanished.length === 0 ? [] : this.#options.suspected(vanished, before)
    for (const record of held) this.#suspect(record)
    this.#publish(sighting.departed)
    // Only now: an inquiry that ends at once finds the set published.
    for (const { id } of held) this.#inquire(id)
  }

  #suspect(record: ProviderRecord): void {
    const { standing, clock } = this.#options
    this.#suspects.set(record.id, { record, since: clock.now(), standing, inquiry: undefined })
  }

  #inquire(id: string): void {
    const suspect = this.#suspects.get(id)
    if (suspect === undefined) return
    const inquiry = this.#options.inquire(suspect.record, (finding) => this.#learn(suspect, finding))
    if (this.#suspects.get(id) === suspect) suspect.inquiry = inquiry
    else inquiry[Symbol.dispose]()
  }

  #learn(suspect: Suspect, finding: 'alive' | 'gone'): void {
    const { id } = suspect.record
    if (this.#suspects.get(id) !== suspect) return
    const { departed } = this.#seen
    const isOver = finding === 'gone' || this.#isOverdue(suspect)
    if (isOver) this.#release(id)
    else suspect.standing = 'in use'
    this.#publish(isOver ? new Set([...departed, id]) : departed)
  }

  #isOverdue({ since }: Suspect): boolean {
    const { clock, maxSuspectMs } = this.#options
    const { records, suspects } = this.#seen
    return clock.now() - since >= maxSuspectMs && records.length > suspects.size
  }

  #release(id: string): void {
    this.#suspects.get(id)?.inquiry?.[Symbol.dispose]()
    this.#suspects.delete(id)
  }

  #publish(departed: ReadonlySet<string>): void {
    const { current } = this.#sightings
    const next = { ...this.#seen, ...this.#withSuspects(current.records), departed }
    if (!sameSighting(current, next)) this.#sightings.set(next)
  }

  #withSuspects(shown: readonly ProviderRecord[]): Pick<Sighting, 'records' | 'suspects'> {
    const { records, suspects } = this.#seen
    if (this.#suspects.size === 0) return { records, suspects }
    const own = [...this.#suspects.values()]
    const all = [...records, ...own.map(({ record }) => record)].sort(byId)
    return {
      records: sameMembers(shown, all) ? shown : all,
      suspects: new Map([...suspects, ...own.map(({ record, standing }) => [record.id, standing] as const)]),
    }
  }
}

const byId = (a: ProviderRecord, b: ProviderRecord): number => (a.id < b.id ? -1 : 1)
