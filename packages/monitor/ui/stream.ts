import type { Snapshot, Tick } from '../src/dashboard/model.ts'
import type { After } from './runtime.ts'

/** `connecting`: no word from the server yet. `reconnecting`: it was lost, or never answered; tried again by itself. */
export type StreamState = 'connecting' | 'live' | 'reconnecting' | 'paused'

/** Who wants no updates now: the person at the page, or the page itself because nobody sees it. */
export type HoldReason = 'person' | 'hidden'

export interface StreamListener {
  snapshot(snapshot: Snapshot): void
  tick(tick: Tick): void
  state(state: StreamState): void
}

/** Pause between a lost stream and the next try. */
export const RETRY_MS = 2000
/** A line without a word for this long is dead: the server speaks once a second. */
const SILENCE_MS = 10_000

/**
 * The server-sent events of the dashboard, kept open unless someone holds it. Every opening begins with a snapshot; for
 * that reason a lost stream is opened anew and not resumed by `EventSource` itself.
 */
export class UpdateStream {
  readonly #url: string
  readonly #listener: StreamListener
  readonly #after: After
  readonly #holds = new Set<HoldReason>()
  #source: EventSource | undefined
  #cancelTimer = (): void => {}

  constructor(url: string, listener: StreamListener, after: After) {
    this.#url = url
    this.#listener = listener
    this.#after = after
  }

  open(): void {
    this.#close()
    if (this.#holds.size > 0) return
    const source = new EventSource(this.#url)
    // The timer is set before the listener is told: the listener may ask for another try, which sets it too.
    source.addEventListener('snapshot', ({ data }: MessageEvent<string>) => {
      this.#expectMore()
      this.#listener.state('live')
      this.#listener.snapshot(JSON.parse(data) as Snapshot)
    })
    source.addEventListener('tick', ({ data }: MessageEvent<string>) => {
      this.#expectMore()
      this.#listener.tick(JSON.parse(data) as Tick)
    })
    source.addEventListener('error', () => this.retry())
    this.#source = source
    this.#expectMore()
  }

  /** Gives the line up and opens another in a moment: it broke, or something was missed on it. */
  retry(): void {
    this.#close()
    if (this.#holds.size > 0) return
    this.#listener.state('reconnecting')
    this.#cancelTimer = this.#after(RETRY_MS, () => this.open())
  }

  hold(reason: HoldReason): void {
    this.#holds.add(reason)
    this.#close()
    this.#listener.state('paused')
  }

  /** Opens the stream again when nobody else holds it. */
  release(reason: HoldReason): void {
    if (!this.#holds.delete(reason) || this.#holds.size > 0) return
    this.#listener.state('connecting')
    this.open()
  }

  #expectMore(): void {
    this.#cancelTimer()
    this.#cancelTimer = this.#after(SILENCE_MS, () => this.retry())
  }

  #close(): void {
    this.#cancelTimer()
    this.#source?.close()
    this.#source = undefined
  }
}
