import type { Clock, Entry, Logger, Watch } from '@kumquat/core'
import type { Backend } from './backend.ts'
import { WatchedPath } from './watched-path.ts'

/** All watches of one store: shared only in that they are refreshed and closed together. */
export class WatchedPaths {
  readonly #backend: Pick<Backend, 'list' | 'observe' | 'session'>
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #open = new Set<WatchedPath>()

  constructor(backend: Pick<Backend, 'list' | 'observe' | 'session'>, clock: Clock, logger: Logger) {
    this.#backend = backend
    this.#clock = clock
    this.#logger = logger
  }

  async watch(path: string): Promise<Watch<readonly Entry[]>> {
    const watched = new WatchedPath(path, this.#backend, this.#clock, this.#logger, () => this.#open.delete(watched))
    this.#open.add(watched)
    try {
      await watched.refresh()
    } catch (error) {
      watched.close()
      throw error
    }
    return watched
  }

  /** Reads everything again. Never rejects. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#open].map((watched) => watched.changed()))
  }

  close(): void {
    for (const watched of [...this.#open]) watched.close()
  }
}
