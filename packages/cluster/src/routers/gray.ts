import { GRAY_LANE, laneOf, STABLE_LANE } from '@kumquat/core'
import { isSome, type Peers } from '../peer.ts'
import { byLabel, type Router } from '../router.ts'

export interface GrayOptions {
  /** Where a gray call goes when no gray peer has weight: to the stable ones (default), or nowhere. */
  readonly fallback?: 'stable' | 'none'
}

/** Keeps calls of the lane `gray` on gray peers, and all other calls off them. A stable call never falls back. */
export function gray({ fallback = 'stable' }: GrayOptions = {}): Router {
  const grayPeers = lane(GRAY_LANE, true)
  const stablePeers = lane(STABLE_LANE, false)
  const route: Router = (peers, invocation) => {
    if (laneOf(invocation) !== GRAY_LANE) return stablePeers(peers, invocation)
    const own = grayPeers(peers, invocation)
    if (fallback === 'none' || hasWeight(own)) return own
    const lanes = [own, stablePeers(peers, invocation)]
    return lanes.find(hasWeight) ?? lanes.find(isSome) ?? own
  }
  return Object.assign(route, {
    asks: ({ attachments }) => `in lane ${laneOf({ attachments }) === GRAY_LANE ? GRAY_LANE : STABLE_LANE}`,
  } satisfies Partial<Router>)
}

const lane = (name: string, isGray: boolean): Router =>
  byLabel({ label: () => name, keep: ({ record }) => record.gray === isGray, asks: () => `in lane ${name}` })

const hasWeight = (peers: Peers): boolean => peers.some(({ record }) => record.weight > 0)
