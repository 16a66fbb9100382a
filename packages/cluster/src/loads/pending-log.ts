import type { LoadMetric } from '../load.ts'
import type { Peer } from '../peer.ts'

/**
 * A count of the calls in flight, as `pending`, that writes down whose count has changed: a table that is ordered by load
 * learns of the calls that end without subscribing to anybody, and so without holding anything or being held.
 */
export class PendingLog {
  #gauges = 0
  #lastRead = NOBODY
  #written = 0
  readonly #changes = new Float64Array(KEPT)

  /** Changes written so far. The latest `KEPT` of them can be read. */
  get written(): number {
    return this.#written
  }

  /** The number of the gauge that the change was of. Gauges of other owners than the asking table come up, too. */
  changed(change: number): number {
    return this.#changes[change % KEPT]!
  }

  /** The load of a peer. */
  read(peer: Peer): number {
    this.#lastRead = NOBODY
    return peer.load(this.#metric)
  }

  /** The number of the gauge that the load just read comes from; `NOBODY` if that peer keeps none of this log. */
  get lastRead(): number {
    return this.#lastRead
  }

  readonly #metric: LoadMetric = () => {
    const own = ++this.#gauges
    let inFlight = 0
    const count = (change: 1 | -1): void => {
      inFlight += change
      this.#changes[this.#written++ % KEPT] = own
    }
    const read = (): number => {
      this.#lastRead = own
      return inFlight
    }
    return {
      get value() {
        return read()
      },
      begin() {
        count(1)
        return () => count(-1)
      },
    }
  }
}

/** 32 KB: what happens between two picks of most sets. Who fell further behind looks at every peer anew. */
export const KEPT = 4_096
/** No gauge has this number. */
export const NOBODY = 0
