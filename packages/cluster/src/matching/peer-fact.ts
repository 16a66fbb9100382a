import type { Peer } from '../peer.ts'
import { shown } from './checked.ts'
import { own } from './own.ts'

/** Reads one fact of a peer as text; absent if its provider says nothing of it. */
export type PeerFact = (peer: Peer) => string | undefined

/** The fact of a peer that a key names: `id`, `host`, `zone`, `version`, `gray`, `tags[name]`. Throws `TypeError`. */
export function peerFact(key: string, where: string): PeerFact {
  const plain = Object.hasOwn(PLAIN, key) ? PLAIN[key] : undefined
  if (plain !== undefined) return plain
  const tag = key.length <= MAX_KEY ? TAGGED.exec(key)?.[1] : undefined
  if (tag !== undefined) return ({ record }) => own(record.tags, tag)
  throw new TypeError(
    `${where} asks for ${shown(key)}, which no peer has: known are id, host, zone, version, gray and tags[name]`,
  )
}

/** An empty text in a record stands for "unknown". */
const known = (text: string): string | undefined => (text === '' ? undefined : text)

const PLAIN: Readonly<Record<string, PeerFact>> = {
  id: ({ record }) => record.id,
  host: ({ record }) => record.host,
  zone: ({ record }) => known(record.zone),
  version: ({ record }) => known(record.version),
  gray: ({ record }) => String(record.gray),
}
const MAX_KEY = 256
const TAGGED = /^tags\[([^[\]]+)\]$/
