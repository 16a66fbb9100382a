import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server as SecureServer } from 'node:tls'
import type { Listener } from '../transport.ts'
import { drained, type Exchanges } from './exchanges.ts'

export interface AttachedListenerParts {
  /** Listens already, and is closed by its owner. */
  readonly server: HttpServer
  readonly exchanges: Exchanges
  /** Takes the calls out of it. */
  readonly detach: () => void
}

/** Calls in a server that belongs to somebody else: it leaves and closes as a listener does, and the server goes on. */
export class AttachedListener implements Listener {
  readonly host: string
  readonly port: number
  readonly transports: readonly string[]
  readonly #exchanges: Exchanges
  readonly #detach: () => void

  /** Throws `TypeError` on a server that has no port. */
  constructor({ server, exchanges, detach }: AttachedListenerParts) {
    const bound: AddressInfo | string | null = server.address()
    if (bound === null || typeof bound === 'string') {
      throw new TypeError('the server listens on no port, so that no consumer could find it: let it listen on one')
    }
    this.host = bound.address
    this.port = bound.port
    this.transports = [server instanceof SecureServer ? 'https' : 'http']
    this.#exchanges = exchanges
    this.#detach = detach
  }

  get lastCallAt(): number {
    return this.#exchanges.lastCallAt
  }

  leave(): void {
    this.#exchanges.leaving = true
  }

  async close(drainTimeoutMs: number): Promise<void> {
    this.leave()
    this.#exchanges.refusing = true
    await drained(this.#exchanges, drainTimeoutMs)
    await this[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave()
    this.#exchanges.refusing = true
    this.#exchanges.gauge[Symbol.dispose]()
    this.#detach()
  }
}
