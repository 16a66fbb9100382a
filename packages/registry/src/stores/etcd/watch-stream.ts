import { type Clock, type Logger, RpcError } from '@kumquat/core'
import type { WatchAnswer } from './api.ts'
import { AnswerTooLarge } from './failures.ts'
import type { Gateway } from './gateway.ts'
import type { Keys } from './keys.ts'

export interface WatchListener {
  /** The children of these paths may be others now. */
  changed(paths: ReadonlySet<string>): void
  /** Anything may be another now. What is observed must be listed anew, which begins a new watch. */
  lostTrack(): void
  /** The line broke. It is looked for again. */
  broke(): void
}

/** Changes within so much time are told together. */
const BURST_MS = 10
/** A stream that was silent for so long is replaced by a younger one: a line that is half open is silent, too. */
const SILENCE_MS = 10_000
const RETRY_MS = 500

/**
 * One stream of changes for all that is observed, from their nearest common parent down. It goes on from the last revision
 * it has told, whatever becomes of the line; where that is not possible any more, all is listed anew.
 */
export class WatchStream {
  readonly #gateway: Gateway
  readonly #keys: Keys
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #listener: WatchListener
  /** Observed paths, with the revision of their last listing. */
  readonly #listed = new Map<string, number>()
  #top: string | undefined
  /** From this revision on nothing was missed, and everything before the other has been told. */
  #since = 0
  #next = 0
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

  /** The children of `path` are known as of `revision`: from there on their changes are told. */
  listed(path: string, revision: number): void {
    this.#listed.set(path, revision)
    const top = this.#top === undefined ? path : commonParent(this.#top, path)
    if (top === this.#top && this.#since <= revision + 1) {
      // What all listings have seen need not be told again: a watch from far back is dear to the server.
      this.#next = Math.max(this.#next, Math.min(...this.#listed.values()) + 1)
      return
    }
    this.#next = this.#top === undefined ? revision + 1 : Math.min(this.#next, revision + 1)
    this.#since = this.#next
    this.#top = top
    this.#open(top)
  }

  /** Nobody observes `path` any more. */
  forget(path: string): void {
    this.#listed.delete(path)
    if (this.#listed.size === 0) this.close()
  }

  close(): void {
    this.#listed.clear()
    this.#top = undefined
    this.#timer?.[Symbol.dispose]()
    for (const stream of this.#streams) stream.abort()
    this.#streams = []
  }

  #open(top: string): void {
    const own = new AbortController()
    this.#streams = [...this.#streams, own]
    this.#timer?.[Symbol.dispose]()
    void this.#follow(own, top)
  }

  async #follow(own: AbortController, top: string): Promise<void> {
    const from = this.#next
    const create_request = { ...this.#keys.below(top), start_revision: String(from), fragment: true }
    try {
      for await (const message of this.#gateway.watch({ create_request }, own.signal)) {
        if (own.signal.aborted) return
        if (hasForgotten(message, from)) return this.#loseTrack()
        if (message.canceled) throw new RpcError('unavailable', `etcd ended the watch: ${message.cancel_reason}`)
        if (message.created) this.#stands(own)
        this.#tell(message)
        if (own === this.#streams.at(-1)) this.#openAfter(SILENCE_MS, top)
      }
      throw new RpcError('unavailable', 'etcd ended the watch')
    } catch (error) {
      if (own.signal.aborted) return
      if (error instanceof AnswerTooLarge) return this.#loseTrack()
      this.#broke(own, top, error)
    }
  }

  #stands(own: AbortController): void {
    this.#failing = false
    for (const older of this.#streams.slice(0, this.#streams.indexOf(own))) older.abort()
    this.#streams = this.#streams.slice(this.#streams.indexOf(own))
  }

  #broke(own: AbortController, top: string, error: unknown): void {
    const counts = own === this.#streams.at(-1)
    this.#streams = this.#streams.filter((stream) => stream !== own)
    if (!counts) return
    if (!this.#failing) this.#logger.info({ top, error }, 'the watch of etcd broke; beginning it again')
    this.#failing = true
    this.#openAfter(RETRY_MS, top)
    this.#listener.broke()
  }

  #openAfter(delayMs: number, top: string): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = this.#clock.after(delayMs, () => this.#open(top))
  }

  #loseTrack(): void {
    this.close()
    this.#listener.lostTrack()
  }

  #tell({ events = [], fragment = false }: WatchAnswer): void {
    if (events.length === 0) return
    if (this.#burst.size === 0) this.#clock.after(BURST_MS, () => this.#tellBurst())
    for (const { type, kv } of events) {
      const isOther = type === 'DELETE' || kv.create_revision === kv.mod_revision
      let path = parentOf(this.#keys.pathOf(kv.key))
      this.#burst.add(path)
      // A parent comes and goes with what is below it.
      while (isOther && path !== '/') {
        path = parentOf(path)
        this.#burst.add(path)
      }
      // The rest of a fragment may be of this same revision.
      this.#next = Math.max(this.#next, Number(kv.mod_revision) + (fragment ? 0 : 1))
    }
  }

  #tellBurst(): void {
    const paths = this.#burst
    this.#burst = new Set()
    this.#listener.changed(paths)
  }
}

/** The changes from there on are compacted away, or the data are others than they were. */
const hasForgotten = ({ created, header, compact_revision }: WatchAnswer, from: number): boolean =>
  compact_revision !== undefined || (created === true && Number(header?.revision ?? 0) < from - 1)

function commonParent(a: string, b: string): string {
  let common = a
  while (common !== '/' && common !== b && !b.startsWith(`${common}/`)) common = parentOf(common)
  return common
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'
