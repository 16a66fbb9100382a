import { type Clock, every } from '@kumquat/core'
import type { SessionNews, Setting } from '../protocol.ts'
import { Heartbeat } from './heartbeat.ts'
import { ZooClient } from './zoo-client.ts'

export interface SessionListener {
  /** Another client takes the place of the one before. Calls while it has no connection are rejected. */
  opened(client: ZooClient): void
  news(news: SessionNews): void
  changed(path: string): void
}

const LOOK_MS = 200
/** How many questions of our own fit into the session's time-out. */
const BEATS = 6

/**
 * A session without end: the client is replaced when its session has expired, and when it has been without a connection
 * for so long that the session must be over, or the names of the servers may stand for others by now, or the servers have
 * forgotten what the client has seen and will not have it back.
 *
 * The library looks for another server when it has heard nothing for two thirds of the session's time-out. Should it ever fail
 * to, and call itself connected for a whole time-out without an answer, the client is replaced as well.
 */
export class Session {
  readonly #setting: Setting
  readonly #clock: Clock
  readonly #listener: SessionListener
  readonly #looking: Disposable
  #client: ZooClient
  #heartbeat: Heartbeat | undefined
  #patience: Disposable | undefined
  #up = false
  /** Whether the client has a session that can be lost. */
  #begun = false

  constructor(setting: Setting, clock: Clock, listener: SessionListener) {
    this.#setting = setting
    this.#clock = clock
    this.#listener = listener
    this.#client = this.#open()
    this.#looking = every(clock, LOOK_MS, () => this.#look())
  }

  /** Ends the session, and what is held with it; `begin` is for another one. */
  end(): void {
    this.#patience?.[Symbol.dispose]()
    this.#client.close()
    if (this.#begun) this.#listener.news({ state: 'lost' })
    this.#up = false
    this.#begun = false
  }

  /** After `end`. */
  begin(): void {
    this.#client = this.#open()
  }

  close(): void {
    this.#looking[Symbol.dispose]()
    this.#patience?.[Symbol.dispose]()
    this.#client.close()
  }

  #look(): void {
    if (!this.#up) return
    if (!this.#client.isConnected) this.#disconnected()
    else if (Number(this.#heartbeat?.look(LOOK_MS)) >= this.#client.sessionTimeoutMs) this.#replace()
  }

  #open(): ZooClient {
    const client = new ZooClient(this.#setting, {
      connected: () => this.#connected(),
      disconnected: () => this.#disconnected(),
      expired: () => this.#replace(),
      changed: (path) => this.#listener.changed(path),
    })
    client.open()
    this.#listener.opened(client)
    this.#replaceAfter(this.#setting.connectTimeoutMs)
    return client
  }

  #connected(): void {
    this.#patience?.[Symbol.dispose]()
    this.#up = true
    this.#begun = true
    const { sessionId: id, sessionTimeoutMs: timeoutMs } = this.#client
    this.#heartbeat = new Heartbeat(timeoutMs / BEATS, () => this.#client.exists('/', false))
    this.#listener.news({ state: 'connected', id, timeoutMs })
  }

  #disconnected(): void {
    if (!this.#up) return
    this.#up = false
    this.#replaceAfter(this.#client.sessionTimeoutMs + this.#setting.connectTimeoutMs)
    this.#listener.news({ state: 'suspended' })
  }

  #replaceAfter(delayMs: number): void {
    this.#patience?.[Symbol.dispose]()
    this.#patience = this.#clock.after(delayMs, () => this.#replace())
  }

  #replace(): void {
    this.end()
    this.begin()
  }
}
