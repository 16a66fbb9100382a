import { GRAY_LANE, type Invocation, laneOf, STABLE_LANE } from '@kumquat/core'
import type { Peer, Peers } from '../peer.ts'
import type { Router } from '../router.ts'
import { firstAble } from '../sets/first-able.ts'
import { keep } from '../sets/keep.ts'
import { perSet } from '../sets/per-set.ts'

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
    const gray = keep(peers, ({ record }) => record.gray)
    const stable = keep(peers, ({ record }) => !record.gray)
    return { stable, gray, grayOrStable: firstAble(gray, stable) }
  })
  const route: Router = (peers, invocation) => {
    const { stable, gray, grayOrStable } = lanes(peers)
    if (!isGray(invocation)) return stable
    return mayFail() ? gray : grayOrStable
  }
  return Object.assign(route, {
    asks: (invocation: Invocation) => `in lane ${isGray(invocation) ? GRAY_LANE : STABLE_LANE}`,
    why({ record }: Peer, invocation: Invocation) {
      if (!isGray(invocation)) return 'it is gray'
      return record.gray ? 'no gray peer has weight' : 'it is not gray'
    },
  })
}

const isGray = (invocation: Invocation): boolean => laneOf(invocation) === GRAY_LANE
