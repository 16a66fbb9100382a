import { type Clock, type Logger, RpcError } from '@kumquat/core'
import type { WatchAnswer } from './api.ts'
import { AnswerTooLarge } from './failures.ts'
import type { Gateway } from './gateway.ts'
import { around, type Keys, rangeOf, type Span } from './keys.ts'

export interface WatchListener {
  /** The children of these paths, and the entries of these `entryName`s, may be others now. */
  changed(names: ReadonlySet<string>): void
  /** Anything may be another now. What is observed must be read anew, which begins a new watch. */
  lostTrack(): void
  /** The line broke. It is looked for again. */
  broke(): void
}

/** Changes within so much time are told together. */
const BURST_MS = 10
/** A stream that was silent for so long is replaced by a younger one: a line that is half open is silent, too. */
const SILENCE_MS = 10_000
const RETRY_MS = 500

/** How an entry itself is called, rather than its children. */
export const entryName = (path: string): string => `=${path}`

/**
 * One stream of changes for all that is observed, and for what lies between in the order of keys. It goes on from the last
 * revision it has told, whatever becomes of the line; where that is not possible any more, all is read anew.
 */
export class WatchStream {
  readonly #gateway: Gateway
  readonly #keys: Keys
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #listener: WatchListener
  /** What is observed, and the revision at which it was last read. */
  readonly #known = new Map<string, number>()
  #span: Span | undefined
  /** Everything before this revision has been told. */
  #next = 0
  /** From this revision on, nothing within the span is missed. */
  #since = 0
  /** The span was widened, or the revision set back, since the last stream was opened. */
  #gap = false
  /** The last one is the one that counts, or will: the others end when it stands. */
  #streams: readonly AbortController[] = []
  #timer: Disposable | undefined
  #burst = new Set<string>()
  #failing = false

  constructor(gateway: Gateway, keys: Keys, clock: Clock, logger: Logger, listener: WatchListener) {
    this.#gateway = gateway
    this.#keys = keys
    this.#clock = clock
    this.#logger = logger
    this.#listener = listener
  }

  /** The children of a path, or an entry, were read at `revision`: from there on changes are told. */
  read(name: string, revision: number): void {
    this.#known.set(name, revision)
    const own = name.startsWith('=') ? this.#keys.spanOf(name.slice(1)) : this.#keys.spanBelow(name)
    const span = this.#span ? around(this.#span, own) : own
    if (this.#span && isSame(span, this.#span) && this.#since <= revision + 1) return
    this.#next = this.#span ? Math.min(this.#next, revision + 1) : revision + 1
    this.#since = this.#next
    this.#span = span
    if (!this.#gap) this.#openAfter(BURST_MS)
    this.#gap = true
  }

  /** Nobody observes it any more. */
  forget(name: string): void {
    this.#known.delete(name)
    if (this.#known.size === 0) this.close()
  }

  close(): void {
    this.#known.clear()
    this.#span = undefined
    this.#gap = false
    this.#timer?.[Symbol.dispose]()
    for (const stream of this.#streams) stream.abort()
    this.#streams = []
  }

  #open(): void {
    if (!this.#span) return
    this.#gap = false
    // What all have read need not be told again: a watch from far back is dear to the server.
    let least = Number.POSITIVE_INFINITY
    for (const revision of this.#known.values()) least = Math.min(least, revision)
    if (this.#next <= least) {
      this.#next = least + 1
      this.#since = this.#next
    }
    const own = new AbortController()
    this.#streams = [...this.#streams, own]
    this.#timer?.[Symbol.dispose]()
    void this.#follow(own, this.#span)
  }

  async #follow(own: AbortController, span: Span): Promise<void> {
    const from = this.#next
    const create_request = { ...rangeOf(span), start_revision: String(from), fragment: true }
    try {
      for await (const message of this.#gateway.watch({ create_request }, own.signal)) {
        if (own.signal.aborted) return
        if (hasForgotten(message, from)) return this.#loseTrack()
        if (message.canceled) throw new RpcError('unavailable', `etcd ended the watch: ${message.cancel_reason}`)
        if (message.created) this.#stands(own)
        this.#tell(message)
        if (own === this.#streams.at(-1) && !this.#gap) this.#openAfter(SILENCE_MS)
      }
      throw new RpcError('unavailable', 'etcd ended the watch')
    } catch (error) {
      if (own.signal.aborted) return
      if (error instanceof AnswerTooLarge) return this.#loseTrack()
      this.#broke(own, error)
    }
  }

  #stands(own: AbortController): void {
    this.#failing = false
    for (const older of this.#streams.slice(0, this.#streams.indexOf(own))) older.abort()
    this.#streams = this.#streams.slice(this.#streams.indexOf(own))
  }

  #broke(own: AbortController, error: unknown): void {
    const counts = own === this.#streams.at(-1)
    this.#streams = this.#streams.filter((stream) => stream !== own)
    if (!counts) return
    if (!this.#failing) this.#logger.info({ error }, 'the watch of etcd broke; beginning it again')
    this.#failing = true
    this.#gap = false
    this.#openAfter(RETRY_MS)
    this.#listener.broke()
  }

  #openAfter(delayMs: number): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = this.#clock.after(delayMs, () => this.#open())
  }

  #loseTrack(): void {
    this.close()
    this.#listener.lostTrack()
  }

  #tell({ events = [], fragment = false }: WatchAnswer): void {
    for (const { type, kv } of events) {
      const revision = Number(kv.mod_revision)
      let path = this.#keys.pathOf(kv.key)
      this.#changed(entryName(path), revision)
      // Parents come and go with what is below them.
      const isOther = type === 'DELETE' || kv.create_revision === kv.mod_revision
      do {
        path = parentOf(path)
        this.#changed(path, revision)
      } while (isOther && path !== '/')
      // The rest of a fragment may be of this same revision.
      this.#next = Math.max(this.#next, revision + (fragment ? 0 : 1))
    }
  }

  #changed(name: string, revision: number): void {
    const known = this.#known.get(name)
    // The event of our own write comes after its answer.
    if (known === undefined || (name.startsWith('=') && revision <= known)) return
    if (this.#burst.size === 0) this.#clock.after(BURST_MS, () => this.#tellBurst())
    this.#burst.add(name)
  }

  #tellBurst(): void {
    const names = this.#burst
    this.#burst = new Set()
    this.#listener.changed(names)
  }
}

/** The changes from there on are compacted away, or the data are others than they were. */
const hasForgotten = ({ created, header, compact_revision }: WatchAnswer, from: number): boolean =>
  compact_revision !== undefined || (created === true && Number(header?.revision ?? 0) < from - 1)

const isSame = (a: Span, b: Span): boolean => a.from.equals(b.from) && a.to.equals(b.to)

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'
