import { Cell, type Clock, type ProviderRecord, type Watch } from '@kumquat/core'
import type { Sighting } from '../sighting.ts'
import type { SnapshotFile } from './snapshot-file.ts'

export interface SnapshotWatchOptions {
  readonly file: SnapshotFile
  readonly debounceMs: number
  readonly clock: Clock
  /** Told of every write that failed. */
  readonly onError: (error: unknown) => void
}

/** Shows one sighting until it has a watch to follow, and writes down what that one tells. */
export class SnapshotWatch implements Watch<Sighting> {
  readonly #options: SnapshotWatchOptions
  readonly #sightings: Cell<Sighting>
  #inner: Watch<Sighting> | undefined
  #subscription: Disposable | undefined
  /** Of the next write, or of the next attempt to watch. */
  #timer: Disposable | undefined
  #written: readonly ProviderRecord[] = []
  #writing: Promise<void> = Promise.resolve()
  #restUntil = Number.NEGATIVE_INFINITY
  #isDisposed = false

  constructor(first: Sighting, options: SnapshotWatchOptions) {
    this.#sightings = new Cell(first)
    this.#options = options
  }

  get current(): Sighting {
    return this.#sightings.current
  }

  subscribe(listener: (sighting: Sighting) => void): Disposable {
    return this.#sightings.subscribe(listener)
  }

  /** Follows what `attempt` resolves with; when it rejects, tries again until it can. Never rejects. */
  async followSoon(attempt: Promise<Watch<Sighting>>, again: () => Promise<Watch<Sighting>>): Promise<void> {
    try {
      this.follow(await attempt)
    } catch {
      if (this.#isDisposed) return
      this.#timer = this.#options.clock.after(RETRY_MS, () => {
        this.#timer = undefined
        void this.followSoon(again(), again)
      })
    }
  }

  follow(inner: Watch<Sighting>): void {
    if (this.#isDisposed) return void inner[Symbol.asyncDispose]()
    this.#inner = inner
    this.#subscription = inner.subscribe((sighting) => this.#see(sighting))
    this.#see(inner.current)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#timer?.[Symbol.dispose]()
    this.#subscription?.[Symbol.dispose]()
    await Promise.all([this.#inner?.[Symbol.asyncDispose](), this.#write()])
  }

  #see(sighting: Sighting): void {
    this.#sightings.set(sighting)
    if (!this.#isNews(sighting)) return
    const { clock, debounceMs } = this.#options
    this.#timer ??= clock.after(Math.max(debounceMs, this.#restUntil - clock.now()), () => {
      this.#timer = undefined
      void this.#write()
    })
  }

  /** One write at a time; never rejects. */
  #write(): Promise<void> {
    const { file, onError, clock } = this.#options
    const { current } = this.#sightings
    if (this.#isNews(current)) {
      this.#written = current.records
      this.#restUntil = clock.now() + REST_MS
      this.#writing = this.#writing.then(() => file.write(current.records, current.asOf)).catch(onError)
    }
    return this.#writing
  }

  #isNews({ source, records }: Sighting): boolean {
    return source === 'registry' && records.length > 0 && records !== this.#written
  }
}

const RETRY_MS = 1_000
/** From one write to the next: a large service that changes all the time must not keep the disk busy. */
const REST_MS = 5_000
