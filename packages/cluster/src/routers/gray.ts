import { GRAY_LANE, type Invocation, laneOf, STABLE_LANE } from '@kumquat/core'
import { isSome, type Peers } from '../peer.ts'
import { perSet } from '../per-set.ts'
import type { Router } from '../router.ts'

export interface GrayOptions {
  /** Where a gray call goes when no gray peer has weight: to the stable ones (default), or nowhere. */
  readonly fallback?: 'stable' | 'none'
}

/** Keeps calls of the lane `gray` on gray peers, and all other calls off them. A stable call never falls back. */
export function gray({ fallback = 'stable' }: GrayOptions = {}): Router {
  const lanes = perSet((peers: Peers) => {
    const own = peers.filter(({ record }) => record.gray)
    const stable = peers.filter(({ record }) => !record.gray)
    return { stable, gray: fallback === 'none' ? own : firstAble(own, stable) }
  })
  const route: Router = (peers, invocation) => lanes(peers)[laneAsked(invocation)]
  return Object.assign(route, { asks: (invocation: Invocation) => `in lane ${laneAsked(invocation)}` })
}

const laneAsked = (invocation: Invocation): typeof GRAY_LANE | typeof STABLE_LANE =>
  laneOf(invocation) === GRAY_LANE ? GRAY_LANE : STABLE_LANE

/** The first with weight, else the first with anybody. */
function firstAble(...lanes: readonly Peers[]): Peers {
  return lanes.find((peers) => peers.some(({ record }) => record.weight > 0)) ?? lanes.find(isSome) ?? []
}
