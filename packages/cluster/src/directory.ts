import { Cell, type Connect, type Live, type ProviderRecord, type Watch } from '@kumquat/core'
import { Line } from './line.ts'
import type { Peers } from './peer.ts'

export interface DirectoryOptions {
  readonly records: Live<readonly ProviderRecord[]>
  readonly connect: Connect
  /** Told what `connect` or the disposing of an endpoint threw; no other peer suffers. Must not throw. Default: ignored. */
  readonly onError?: (error: unknown) => void
}

/**
 * Keeps one peer for each advertised provider. Who stays, by id, keeps connection, loads and health; the endpoint of who
 * leaves is disposed, which lets its calls finish. A change of the set or of a record makes a new array, nothing else
 * does. Disposing leaves no peer, and resolves when every endpoint is closed.
 */
export function directory({ records, connect, onError = ignore }: DirectoryOptions): Watch<Peers> {
  const peers = new Cell<Peers>([])
  const closing = new Set<Promise<void>>()
  let lines: ReadonlyMap<string, Line> = new Map()

  const reconcile = (advertised: readonly ProviderRecord[]): void => {
    const known = lines
    const next = new Map<string, Line>()
    for (const [id, record] of new Map(advertised.map((one) => [one.id, one]))) {
      const line = known.get(id)?.under(record) ?? open(record)
      if (line !== undefined) next.set(id, line)
    }
    lines = next
    if (!holdsExactly(next, peers.current)) peers.set([...next.values()])
    // Only now: nobody picks a peer whose endpoint is closing.
    for (const [id, line] of known) if (!next.has(id)) close(line)
  }
  const open = (record: ProviderRecord): Line | undefined => {
    try {
      return new Line(record, connect(record))
    } catch (error) {
      onError(error)
      return undefined
    }
  }
  const close = (line: Line): void => {
    const closed = line[Symbol.asyncDispose]().catch(onError)
    closing.add(closed)
    void closed.finally(() => closing.delete(closed))
  }

  reconcile(records.current)
  const watching = records.subscribe(reconcile)
  return {
    get current() {
      return peers.current
    },
    subscribe: (listener) => peers.subscribe(listener),
    async [Symbol.asyncDispose]() {
      watching[Symbol.dispose]()
      reconcile([])
      await Promise.all(closing)
    },
  }
}

const ignore = (): void => {}

const holdsExactly = (lines: ReadonlyMap<string, Line>, peers: Peers): boolean =>
  lines.size === peers.length && peers.every((peer) => lines.get(peer.record.id) === peer)
