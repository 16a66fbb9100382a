import { type Endpoint, type Invoker, type Live, type ProviderRecord, providerRecord, type Status } from '@kumquat/core'
import { Line } from '../line.ts'
import type { Peer, Peers } from '../peer.ts'

export interface AsPeerOptions {
  /** What stands for all of them: see `groupRecord`. */
  readonly record: ProviderRecord
  /** The members, for the status. */
  readonly peers: Live<Peers>
  /** The members as one: mostly `cluster({ peers, … })`. */
  readonly invoke: Invoker
}

/**
 * A cluster as a peer of another: zones of racks of hosts. It is as well as the best of its members, and has loads of its
 * own, measured over the calls that it is given: with the sum of their weights it compares like one host that is as strong
 * as all of them, at the price of one.
 */
export function asPeer({ record, peers, invoke }: AsPeerOptions): Peer {
  return new Line(record, groupEndpoint(peers, invoke))
}

/** The line to a group of peers. Closing it closes none of them: they are lent. */
export function groupEndpoint(peers: Live<Peers>, invoke: Invoker): Endpoint {
  return {
    invoke,
    get status() {
      return bestStatus(peers.current)
    },
    async [Symbol.asyncDispose]() {},
  }
}

/**
 * A record for a group of that name: the sum of their weights, and of version, lane, zone and tags what all members share.
 * Its id is `<name>/*`, which no `host:port` can be.
 */
export function groupRecord(name: string, members: Peers): ProviderRecord {
  const records = members.map(({ record }) => record)
  const [first] = records
  const shared = <K extends 'version' | 'zone'>(field: K): string =>
    first !== undefined && records.every((record) => record[field] === first[field]) ? first[field] : ''
  const record = providerRecord({
    host: name,
    port: 0,
    weight: records.reduce((sum, { weight }) => sum + Math.max(0, weight), 0),
    version: shared('version'),
    zone: shared('zone'),
    gray: first !== undefined && records.every(({ gray }) => gray),
    tags: Object.fromEntries(
      Object.entries(first?.tags ?? {}).filter(([tag, value]) => records.every(({ tags }) => tags[tag] === value)),
    ),
  })
  return { ...record, id: `${name}/*` }
}

/** Mostly the first look is the last. */
function bestStatus(peers: Peers): Status {
  let best: Status = 'closed'
  for (const { status } of peers) {
    if (status === 'open') return status
    if (status === 'busy') best = status
  }
  return best
}
