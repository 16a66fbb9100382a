import { GRAY_LANE, type Invocation, laneOf, STABLE_LANE } from '@kumquat/core'
import { firstAble } from '../first-able.ts'
import type { Peer, Peers } from '../peer.ts'
import { perSet } from '../per-set.ts'
import type { Router } from '../router.ts'

/** Where a gray call goes when no gray peer has weight: to the stable ones, or nowhere. */
export type GrayFallback = 'stable' | 'fail'

export interface GrayOptions {
  /** Default `stable`. A function is asked with every call, so that a rule can change it. */
  readonly fallback?: GrayFallback | (() => GrayFallback)
}

/** Keeps calls of the lane `gray` on gray peers, and all other calls off them. A stable call never falls back. */
export function gray({ fallback = 'stable' }: GrayOptions = {}): Router {
  const mayFail = typeof fallback === 'function' ? () => fallback() === 'fail' : () => fallback === 'fail'
  const lanes = perSet((peers: Peers) => {
    const gray = peers.filter(({ record }) => record.gray)
    const stable = peers.filter(({ record }) => !record.gray)
    return { stable, gray, grayOrStable: firstAble(gray, stable) }
  })
  const route: Router = (peers, invocation) => {
    const { stable, gray, grayOrStable } = lanes(peers)
    if (laneOf(invocation) !== GRAY_LANE) return stable
    return mayFail() ? gray : grayOrStable
  }
  return Object.assign(route, {
    asks: (invocation: Invocation) => `in lane ${laneAsked(invocation)}`,
    why: ({ record }: Peer) => (record.gray ? 'it is gray' : 'it is not gray'),
  })
}

const laneAsked = (invocation: Invocation): string => (laneOf(invocation) === GRAY_LANE ? GRAY_LANE : STABLE_LANE)
