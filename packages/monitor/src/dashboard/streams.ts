import type { ServerResponse } from 'node:http'
import { type Clock, every } from '@kumquat/core'
import type { Snapshot, Tick } from './model.ts'

export interface StreamsOptions {
  /** What a page is told first, and again when it has fallen behind. */
  readonly snapshot: () => Snapshot
  /** Most streams at once. */
  readonly maxStreams: number
  /** With more bytes than this unread, a page gets nothing; then a snapshot, once it has read on. */
  readonly maxUnreadBytes: number
  /** Time between two comments that keep a proxy from closing a silent stream, in ms. */
  readonly heartbeatMs: number
  readonly clock: Clock
}

/** The server-sent events of all open pages. All get the same bytes, made once; a slow one holds up nobody. */
export class Streams implements Disposable {
  readonly #options: StreamsOptions
  readonly #open = new Set<Stream>()
  readonly #heartbeat: Disposable

  constructor(options: StreamsOptions) {
    this.#options = options
    this.#heartbeat = every(options.clock, options.heartbeatMs, () => this.#writeAll(': still here\n\n'))
  }

  get size(): number {
    return this.#open.size
  }

  /** Whether another page would be one too many. */
  get full(): boolean {
    return this.#open.size >= this.#options.maxStreams
  }

  /** Takes a response over, until either side ends it. */
  add(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      connection: 'close',
    })
    const stream = { response, behind: false }
    this.#open.add(stream)
    response.on('close', () => this.#open.delete(stream))
    response.on('error', () => this.#open.delete(stream))
    response.write(`retry: 2000\n\n${this.#snapshotEvent()}`)
  }

  /** Tells every page that is not behind. */
  tell(name: 'snapshot' | 'tick', news: Snapshot | Tick): void {
    if (this.#open.size > 0) this.#writeAll(eventOf(name, news))
  }

  [Symbol.dispose](): void {
    this.#heartbeat[Symbol.dispose]()
    for (const { response } of this.#open) response.end()
  }

  #writeAll(text: string): void {
    for (const stream of this.#open) {
      const wasBehind = stream.behind
      stream.behind = stream.response.writableLength > this.#options.maxUnreadBytes
      if (!stream.behind) stream.response.write(wasBehind ? this.#snapshotEvent() : text)
    }
  }

  readonly #snapshotEvent = (): string => eventOf('snapshot', this.#options.snapshot())
}

interface Stream {
  readonly response: ServerResponse
  behind: boolean
}

const eventOf = (name: string, news: Snapshot | Tick): string =>
  `id: ${news.seq}\nevent: ${name}\ndata: ${JSON.stringify(news)}\n\n`
