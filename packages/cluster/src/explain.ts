import type { Invocation } from '@kumquat/core'
import type { Peer, Peers } from './peer.ts'
import type { Router } from './router.ts'

/** What one router made of one call. */
export interface Stage {
  /** In words, to follow a number of peers: `in lane gray`. */
  readonly asks: string
  readonly left: Peers
}

/** What became of one peer. */
export interface Fate {
  readonly peer: Peer
  readonly left: boolean
  /** Place in `stages` of the router that dropped it. */
  readonly stage?: number
  /** One sentence for people: `10.0.0.1:20001 is dropped: its version is "V1"; asked for peers of version "V2"`. */
  readonly words: string
}

/** Why a router left whom it left, for one call at one moment. */
export interface Explanation {
  readonly stages: readonly Stage[]
  /** One for each peer, in their order. */
  readonly fates: readonly Fate[]
  /** A line for each peer. */
  toString(): string
}

/**
 * Runs a router as a call would, and says of every peer whether it is left, or which step dropped it and why. Where a
 * router draws by chance, this is one draw. Costs as many words as there are peers: for people, not for every call.
 */
export function explain(route: Router, peers: Peers, invocation: Invocation): Explanation {
  const stages = stagesOf(route, peers, invocation)
  const steps = stepsOf(route)
  const left = stages.map((stage) => new Set(stage.left))
  const fates = peers.map((peer): Fate => {
    const { id } = peer.record
    const stage = left.findIndex((some) => !some.has(peer))
    if (stage < 0) return { peer, left: true, words: `${id} is left` }
    const { asks } = stages[stage]!
    const why = steps[stage]!.why?.(peer, invocation)
    const because = why === undefined ? '' : `: ${why}`
    return { peer, left: false, stage, words: `${id} is dropped${because}; asked for peers ${asks}` }
  })
  return { stages, fates, toString: () => fates.map(({ words }) => words).join('\n') }
}

/** What each router left of what the one before it left; ends where nobody is left. */
export function stagesOf(route: Router, peers: Peers, invocation: Invocation): readonly Stage[] {
  const stages: Stage[] = []
  let left = peers
  for (const step of stepsOf(route)) {
    left = step(left, invocation)
    stages.push({ asks: step.asks?.(invocation) ?? 'after a router', left })
    if (left.length === 0) break
  }
  return stages
}

/** The routers of a chain; a router alone is its own. */
export const stepsOf = (route: Router): readonly Router[] => route.steps ?? [route]
