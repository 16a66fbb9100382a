import { isSome, type Peers } from '../peer.ts'

/** The first of these in which somebody has weight, else the first with anybody, else nobody. */
export function firstAble(...parts: readonly Peers[]): Peers {
  return parts.find(isAble) ?? parts.find(isSome) ?? []
}

/** Whether somebody in it has weight. */
export const isAble = (peers: Peers): boolean => peers.some(({ record }) => record.weight > 0)
