import type { Logger } from '@kumquat/core'
import type { Client } from './client.ts'

/** Told whenever something is published on its channel. */
export type Hear = (message: string) => void

/** Who listens on which channel, whatever client there is. What is published may be missed: it is a hint only. */
export class Hints {
  readonly #logger: Logger
  readonly #hearers = new Map<string, Set<Hear>>()
  #client: Client | undefined

  constructor(logger: Logger) {
    this.#logger = logger
  }

  listen(channel: string, hear: Hear): Disposable {
    const hearers = this.#hearers.get(channel) ?? new Set()
    if (hearers.size === 0) this.#subscribe([channel])
    this.#hearers.set(channel, hearers.add(hear))
    return {
      [Symbol.dispose]: () => {
        hearers.delete(hear)
        if (hearers.size > 0 || this.#hearers.get(channel) !== hearers) return
        this.#hearers.delete(channel)
        // Without an answer, the connection has ended, and the subscription with it.
        this.#client?.unsubscribe(channel).catch(() => {})
      },
    }
  }

  heard(channel: string, message: string): void {
    for (const hear of [...(this.#hearers.get(channel) ?? [])]) hear(message)
  }

  /** There is another client. */
  up(client: Client): void {
    this.#client = client
    this.#subscribe([...this.#hearers.keys()])
  }

  down(): void {
    this.#client = undefined
  }

  #subscribe(channels: readonly string[]): void {
    const client = this.#client
    if (client === undefined || channels.length === 0) return
    client.subscribe(channels).catch((error: unknown) => {
      // Who is kept out once is not asked again before the next connection.
      if (client !== this.#client) return
      this.#client = undefined
      this.#logger.info({ error }, `Redis does not let us subscribe (${error}): changes are seen a little later`)
    })
  }
}
