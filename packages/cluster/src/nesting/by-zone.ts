import { Cell, type Invoker, type Live, MAX_WEIGHT, type ProviderRecord, type Watch } from '@kumquat/core'
import { directory } from '../directory.ts'
import { type Peer, type Peers, sameMembers } from '../peer.ts'
import { groupEndpoint, groupRecord } from './as-peer.ts'

export interface ByZoneOptions {
  /** Which group a peer belongs to. Default: the zone it advertises; those that advertise none are a group, too. */
  readonly zone?: (record: ProviderRecord) => string
  /**
   * Makes one of the members of a group; called once for each group that appears. Mostly `cluster({ peers, … })`, and of
   * racks `cluster({ peers: byZone(peers, …), … })`. When the group is gone, so is its `peers`.
   */
  readonly within: (peers: Live<Peers>, zone: string) => Invoker
}

/**
 * The peers as a few groups, each a cluster and a peer: for a cluster of zones, or of racks. A group keeps its loads
 * for as long as it has a member. Weights are sums; where one is above 10 000 all are scaled down together. Disposing
 * lets go of `peers` and leaves no group.
 */
export function byZone(peers: Live<Peers>, { zone = ({ zone }) => zone, within }: ByZoneOptions): Watch<Peers> {
  const groups = new Map<string, Cell<Peers>>()
  const records = new Cell<readonly ProviderRecord[]>([])

  const divide = (all: Peers): void => {
    const divided = grouped(all, ({ record }) => zone(record))
    for (const [name, members] of divided) {
      const group = groups.get(name)
      if (group === undefined) groups.set(name, new Cell<Peers>(members))
      else if (!sameMembers(group.current, members)) group.set(members)
    }
    records.set(scaled([...divided].map(([name, members]) => groupRecord(name, members))))
    // Only now: nobody picks a group that is empty.
    for (const [name, group] of groups) if (!divided.has(name) && groups.delete(name)) group.set([])
  }

  divide(peers.current)
  const watching = peers.subscribe(divide)
  const zones = directory({
    records,
    connect: ({ host: name }) => {
      const group = groups.get(name)!
      return groupEndpoint(group, within(group, name))
    },
    // A `within` that throws is a mistake in the program: it must not cost a zone in silence.
    onError: raise,
  })
  return {
    get current() {
      return zones.current
    },
    subscribe: (listener) => zones.subscribe(listener),
    async [Symbol.asyncDispose]() {
      watching[Symbol.dispose]()
      await zones[Symbol.asyncDispose]()
    },
  }
}

function grouped(peers: Peers, nameOf: (peer: Peer) => string): ReadonlyMap<string, Peers> {
  const groups = new Map<string, Peer[]>()
  for (const peer of peers) {
    const name = nameOf(peer)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [peer])
    else group.push(peer)
  }
  return groups
}

/** Balancers cut weights off at the greatest that a host may have: groups must not all end there. */
function scaled(records: readonly ProviderRecord[]): readonly ProviderRecord[] {
  const heaviest = records.reduce((most, { weight }) => Math.max(most, weight), 0)
  if (heaviest <= MAX_WEIGHT) return records
  return records.map((record) => ({ ...record, weight: (record.weight * MAX_WEIGHT) / heaviest }))
}

const raise = (error: unknown): never => {
  throw error
}
