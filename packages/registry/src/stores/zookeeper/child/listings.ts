import type { Entry } from '@kumquat/core'
import { Turns } from '../../turns.ts'
import type { SetNews } from '../protocol.ts'
import { Gate } from './gate.ts'
import { Listing } from './listing.ts'

/** How the children of a path are read, each time with a watch; without one where `watched` is false. */
export interface Reading {
  names(path: string): Promise<readonly string[]>
  entry(path: string, watched: boolean): Promise<Entry | undefined>
}

/**
 * After a lost connection the client sets all its watches again, in one packet of all their paths, and the server refuses one
 * above 1 MiB. So no more entries than these are watched one by one, some twelve thousand; changes among the others are found
 * when they are read in rounds.
 */
const MAX_WATCHED_BYTES = 700_000

/** Reads at once: thousands would stand before the heartbeat, and before everybody else's questions. */
const AT_ONCE = 64

/** The watched paths of one client. A change costs a read of what has changed. */
export class Listings {
  readonly #reading: Reading
  readonly #listings = new Map<string, Listing>()
  /** Of all names below a path, as paths. */
  readonly #bytes = new Map<string, number>()
  /** Of one path: the second reader must not be told less than the first is about to find out. */
  readonly #turns = new Turns()
  readonly #gate = new Gate(AT_ONCE)

  constructor(reading: Reading) {
    this.#reading = reading
  }

  /** Something has become of the node at `path`, or among its children. */
  touch(path: string): void {
    const end = path.lastIndexOf('/')
    this.#listings.get(path)?.touchNames()
    this.#listings.get(path.slice(0, end) || '/')?.touch(path.slice(end + 1))
  }

  forget(path: string): void {
    this.#listings.delete(path)
    this.#bytes.delete(path)
  }

  news(path: string, hinted: boolean, version: string | undefined): Promise<SetNews> {
    return this.#turns.take(path, async () => {
      const listing = this.#listings.get(path) ?? new Listing()
      this.#listings.set(path, listing)
      if (!hinted) listing.touchAll()
      try {
        await this.#read(path, listing)
      } catch (error) {
        this.forget(path)
        throw error
      }
      return listing.news(version)
    })
  }

  async #read(path: string, listing: Listing): Promise<void> {
    const parent = path === '/' ? '' : path
    if (listing.takeNames()) {
      const names = await this.#reading.names(path)
      listing.named(names)
      this.#bytes.set(path, Buffer.byteLength(names.join('')) + names.length * Buffer.byteLength(`${parent}/`))
    }
    const watched = [...this.#bytes.values()].reduce((sum, bytes) => sum + bytes, 0) <= MAX_WATCHED_BYTES
    // Each is noted as it comes, before anything that is heard of it later.
    const read = async (name: string): Promise<void> =>
      listing.read(name, await this.#gate.run(() => this.#reading.entry(`${parent}/${name}`, watched)))
    await Promise.all(listing.takeStale().map(read))
  }
}
