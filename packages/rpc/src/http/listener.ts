import type { Server as HttpServer } from 'node:http'
import { Server } from 'node:net'
import type { Listener } from '../transport.ts'
import { bounded } from '../waiting/bounded.ts'
import { drained, type Exchanges } from './exchanges.ts'
import type { Upgrades } from './upgrades.ts'

export interface HttpListenerParts {
  readonly server: HttpServer
  readonly port: number
  /** As the record names them. */
  readonly transports: readonly string[]
  readonly exchanges: Exchanges
  readonly upgrades: Upgrades | undefined
  /** Frees what is left once no connection is. */
  readonly closed: () => Promise<void>
}

/** The life of a listening server: serving, leaving, refusing, closed; never back. */
export class HttpListener implements Listener {
  readonly port: number
  readonly transports: readonly string[]
  readonly #server: HttpServer
  readonly #exchanges: Exchanges
  readonly #upgrades: Upgrades | undefined
  readonly #closed: () => Promise<void>
  #ending: Promise<void> | undefined

  constructor({ server, port, transports, exchanges, upgrades, closed }: HttpListenerParts) {
    this.port = port
    this.transports = transports
    this.#server = server
    this.#exchanges = exchanges
    this.#upgrades = upgrades
    this.#closed = closed
  }

  get lastCallAt(): number {
    return this.#exchanges.lastCallAt
  }

  leave(): void {
    if (this.#exchanges.leaving) return
    this.#exchanges.leaving = true
    this.#upgrades?.leave()
  }

  close(drainTimeoutMs: number): Promise<void> {
    this.#ending ??= this.#drain(drainTimeoutMs)
    return this.#ending
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ending === undefined) this.#ending = this.#end()
    else this.#cut()
    await this.#ending
  }

  async #drain(drainTimeoutMs: number): Promise<void> {
    this.leave()
    this.#exchanges.refusing = true
    this.#upgrades?.refuse()
    const { clock } = this.#exchanges
    // Only stops to listen. The close() of an HTTP server would cut idle connections too, and with them the request that
    // is on its way to us on one of them: its caller could not know whether it ran. We answer it instead.
    const disconnected = new Promise<void>((resolve) => Server.prototype.close.call(this.#server, () => resolve()))
    await drained(this.#exchanges, drainTimeoutMs)
    await within(LINGER_MS, disconnected)
    await this.#end()

    function within(ms: number, event: Promise<void>): Promise<unknown> {
      return bounded(event, { clock, ms, otherwise: () => undefined }).catch(() => {})
    }
  }

  async #end(): Promise<void> {
    this.#exchanges.refusing = true
    this.#cut()
    this.#exchanges.gauge[Symbol.dispose]()
    await this.#closed()
  }

  #cut(): void {
    this.#server.closeAllConnections()
    this.#upgrades?.destroy()
  }
}

/** For callers to close their idle connections first, as they do when they see us leave. */
const LINGER_MS = 500
