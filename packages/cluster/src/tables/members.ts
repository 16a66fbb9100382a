import type { Hash } from '../hashes/hash.ts'
import type { Peers } from '../peer.ts'
import { weightsOf } from './weights.ts'

/** A peer that may own slots of a table. */
export interface Member {
  /** Its index in the set. */
  readonly owner: number
  readonly weight: number
  /** Two independent numbers of 32 bits that stand for its name: of 10 000 names two may well share one. */
  readonly seeds: readonly [number, number]
}

/** The peers that have weight, in the order of their names, whatever their order in the set. */
export function membersOf(peers: Peers, hash: Hash): readonly Member[] {
  const weights = weightsOf(peers)
  return [...peers.entries()]
    .filter(([owner]) => weights[owner]! > 0)
    .sort(([, a], [, b]) => (a.record.id < b.record.id ? -1 : 1))
    .map(([owner, { record }]) => ({ owner, weight: weights[owner]!, seeds: seedsOf(record.id, hash) }))
}

/** The mark goes in front: two texts that hash alike go on to do so with whatever follows. */
export const seedsOf = (name: string, hash: Hash): readonly [number, number] => [
  hash(name) >>> 0,
  hash(`#${name}`) >>> 0,
]
