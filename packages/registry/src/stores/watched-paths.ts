import type { Entry, Logger, Watch } from '@kumquat/core'
import type { Backend } from './backend.ts'
import type { Rounds } from './now-and-then.ts'
import { Pace } from './pace.ts'
import { WatchedPath, type Watching } from './watched-path.ts'

/** A consumer of ten thousand providers takes a minute for a round; one of two thousand or fewer keeps the time asked for. */
const ENTRIES_PER_SECOND = 200

/** All watches of one store: shared only in that they are refreshed and closed together, and in turns read in rounds. */
export class WatchedPaths {
  readonly #watching: Watching
  readonly #open = new Set<WatchedPath>()

  constructor(backend: Pick<Backend, 'list' | 'observe' | 'session'>, rounds: Rounds, logger: Logger) {
    this.#watching = { backend, rounds, pace: new Pace(rounds.clock, ENTRIES_PER_SECOND), logger }
  }

  async watch(path: string): Promise<Watch<readonly Entry[]>> {
    const watched = new WatchedPath(path, this.#watching, () => this.#open.delete(watched))
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
