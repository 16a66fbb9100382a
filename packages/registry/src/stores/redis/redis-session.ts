import { Cell, type SessionState, uniqueId } from '@kumquat/core'
import { storeClosed } from '../refusals.ts'
import type { Client } from './client.ts'
import { Connection, type ConnectionOptions, type Surroundings } from './connection.ts'
import { heartbeat } from './heartbeat.ts'
import { BEAT, END, OPEN } from './scripts/sessions.ts'
import { before } from './waiting.ts'

export interface SessionOptions {
  readonly connection: ConnectionOptions
  readonly sessionTimeoutMs: number
}

export interface SessionListener {
  /** The session is open; `last` is the number of the last write until then, and everything is read again. */
  opened(last: string): void
  /** Resolves once what may have been lost is as it should be. */
  restored(): Promise<void>
  up(client: Client): void
  down(): void
  heard(channel: string, message: string): void
}

const CLOSE_MS = 1_000

/** Our life in Redis: opened by every new connection, kept by a heartbeat, and opened again when it is over. */
export class RedisSession {
  readonly state: Cell<SessionState> = new Cell<SessionState>('suspended')
  readonly connection: Connection
  readonly id: string = uniqueId()
  readonly #surroundings: Surroundings
  readonly #timeoutMs: number
  readonly #listener: SessionListener
  /** The connection of now. What comes late by an earlier one is refused. */
  #epoch = 0
  /** Whether a session has ended of which that was not said yet. */
  #over = false
  #heartbeat: Disposable | undefined
  #reopening: Promise<void> | undefined
  #restorations = 0

  /** Does nothing before `begin`. */
  constructor({ connection, sessionTimeoutMs }: SessionOptions, surroundings: Surroundings, listener: SessionListener) {
    this.#surroundings = surroundings
    this.#timeoutMs = sessionTimeoutMs
    this.#listener = listener
    this.connection = new Connection(connection, surroundings, {
      greet: (client, epoch) => this.#greet(client, epoch),
      up: (client) => this.#up(client),
      down: () => this.#down(),
      heard: (channel, message) => listener.heard(channel, message),
    })
  }

  begin(): void {
    this.connection.open()
  }

  /** What a script needs to know that it is us, over the connection of now. Throws once closed. */
  proof(): readonly [id: string, epoch: string] {
    if (this.state.current === 'closed') throw storeClosed()
    return [this.id, String(this.#epoch)]
  }

  /** The session is over, the connection is not. Resolves once it is open; what was held is made again behind that. */
  reopen(): Promise<void> {
    this.#reopening ??= (async () => {
      try {
        this.#opened(await this.connection.run(OPEN, () => this.#signOfLife(), { repeatable: true }))
        void this.#restore()
      } finally {
        this.#reopening = undefined
      }
    })()
    return this.#reopening
  }

  async close(): Promise<void> {
    this.state.set('closed')
    this.#heartbeat?.[Symbol.dispose]()
    if (this.connection.isUp) {
      const { clock } = this.#surroundings
      const end = this.connection.run(END, () => [this.id], { repeatable: false })
      // Without an answer, the session ends by its time-out.
      await before(clock.now() + CLOSE_MS, clock, end).catch(() => {})
    }
    this.connection.close()
  }

  async #greet(client: Client, epoch: number): Promise<void> {
    this.#epoch = epoch
    this.#opened(await client.run(OPEN, this.#signOfLife()))
  }

  #opened(answer: unknown): void {
    const [kept, last] = answer as readonly [kept: number, last: string]
    if (kept === 0) this.#over = true
    this.#listener.opened(last)
  }

  #up(client: Client): void {
    this.#heartbeat = heartbeat({
      clock: this.#surroundings.clock,
      sessionTimeoutMs: this.#timeoutMs,
      beat: () => this.#beat(),
      // Should it fail, the next sign of life tries again.
      lost: () => void this.reopen().catch(() => {}),
      silent: () => this.connection.reset('no answer to the last signs of life'),
    })
    this.#listener.up(client)
    void this.#restore()
  }

  #down(): void {
    this.#heartbeat?.[Symbol.dispose]()
    this.#listener.down()
    if (this.state.current === 'connected') this.#tell('suspended')
  }

  async #beat(): Promise<boolean | undefined> {
    try {
      return (await this.connection.run(BEAT, () => this.#signOfLife(), { repeatable: false })) === 1
    } catch {
      return undefined
    }
  }

  async #restore(): Promise<void> {
    this.#restorations += 1
    const restoration = this.#restorations
    // The first session is new, and nothing of it is lost.
    if (this.#over && restoration > 1) this.#tell('lost')
    this.#over = false
    await this.#listener.restored()
    if (restoration === this.#restorations && this.connection.isUp) this.#tell('connected')
  }

  #signOfLife(): readonly string[] {
    return [...this.proof(), String(this.#timeoutMs)]
  }

  #tell(state: SessionState): void {
    if (this.state.current !== 'closed') this.state.set(state)
  }
}
