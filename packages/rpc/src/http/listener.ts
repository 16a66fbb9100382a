import type { Server as HttpServer } from 'node:http'
import { Server } from 'node:net'
import type { Listener } from '../transport.ts'
import { bounded } from '../waiting/bounded.ts'
import { drained, type Exchanges } from './exchanges.ts'

export interface HttpListenerParts {
  readonly server: HttpServer
  readonly port: number
  /** As the record names it. */
  readonly transport: string
  readonly exchanges: Exchanges
  /** Frees what is left once no connection is. */
  readonly closed: () => Promise<void>
}

/** The life of a listening server: serving, leaving, refusing, closed; never back. */
export class HttpListener implements Listener {
  readonly port: number
  readonly transports: readonly string[]
  readonly #server: HttpServer
  readonly #exchanges: Exchanges
  readonly #closed: () => Promise<void>
  #ending: Promise<void> | undefined

  constructor({ server, port, transport, exchanges, closed }: HttpListenerParts) {
    this.port = port
    this.transports = [transport]
    this.#server = server
    this.#exchanges = exchanges
    this.#closed = closed
  }

  get lastCallAt(): number {
    return this.#exchanges.lastCallAt
  }

  leave(): void {
    this.#exchanges.leaving = true
  }

  close(drainTimeoutMs: number): Promise<void> {
    this.#ending ??= this.#drain(drainTimeoutMs)
    return this.#ending
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ending === undefined) this.#ending = this.#end()
    else this.#server.closeAllConnections()
    await this.#ending
  }

  async #drain(drainTimeoutMs: number): Promise<void> {
    this.leave()
    this.#exchanges.refusing = true
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
    this.#server.closeAllConnections()
    this.#exchanges.gauge[Symbol.dispose]()
    await this.#closed()
  }
}

/** For callers to close their idle connections first, as they do when they see us leave. */
const LINGER_MS = 500
