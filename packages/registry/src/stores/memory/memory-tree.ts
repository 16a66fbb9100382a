import { MemoryNodes } from './memory-nodes.ts'

/** One store's end of the line to a tree. */
export interface MemoryClient {
  /** The line went down: what is held stays. */
  cut(): void
  mended(): void
  /** The session is over: what was held is gone. */
  expired(): void
}

/**
 * A tree that several `memory()` stores of one process share, as processes share a server. Its switches are the bad days
 * of a real one, for tests.
 */
export class MemoryTree {
  readonly nodes: MemoryNodes = new MemoryNodes()
  readonly #clients = new Set<MemoryClient>()
  #down = false

  get down(): boolean {
    return this.#down
  }

  /** Disposing it ends the session of `client`. */
  connect(client: MemoryClient): Disposable {
    this.#clients.add(client)
    return {
      [Symbol.dispose]: () => {
        if (this.#clients.delete(client)) this.nodes.deleteOwned(client)
      },
    }
  }

  /** Cuts every line: stores say `suspended` and reject. */
  cut(): void {
    this.#down = true
    for (const client of [...this.#clients]) client.cut()
  }

  mend(): void {
    this.#down = false
    for (const client of [...this.#clients]) client.mended()
  }

  /** From now on no watch is told of any change, though the line is up. */
  deafen(): void {
    this.nodes.deaf = true
  }

  /** Ends every session. The stores make again what they held, at once or when the line is back. */
  expireSessions(): void {
    for (const client of [...this.#clients]) {
      this.nodes.deleteOwned(client)
      client.expired()
    }
  }
}
