import { type Invocation, type Rng, systemRng } from '@kumquat/core'
import type { CallFact } from '../matching/call-fact.ts'
import { shown } from '../matching/checked.ts'
import { type ConditionRule, type ReadRule, readConditionRules } from '../matching/condition-rule.ts'
import type { Peer, Peers } from '../peer.ts'
import { chain, type Router } from '../router.ts'
import { firstAble, isAble } from '../sets/first-able.ts'
import { keep } from '../sets/keep.ts'
import { perLabel } from '../sets/per-label.ts'
import { type Share, shares } from '../sets/shares.ts'

export interface ConditionOptions {
  /** Draws between the destinations of a rule that has several. */
  readonly rng?: Rng
}

/**
 * Sends the calls that a rule is about to the peers that it names; every rule narrows what those of higher priority left.
 * One that leaves nobody with weight is passed over, unless forced. As Dubbo's ConditionStateRouter and, for several
 * destinations, MultiDestConditionRouter; the rules are data. Throws `TypeError` naming the rule, the place and the value.
 */
export function condition(rules: readonly ConditionRule[], { rng = systemRng }: ConditionOptions = {}): Router {
  const active = readConditionRules(rules)
    .filter(({ enabled }) => enabled)
    .sort((a, b) => b.priority - a.priority)
  return chain(...active.map((rule) => ruleRouter(rule, rng)))
}

function ruleRouter({ name, isAbout, destinations, force }: ReadRule, rng: Rng): Router {
  const open = destinations.filter(({ weight }) => weight > 0)
  const draws = perLabel(labelBy(destinations.flatMap(({ to }) => to.references)), (peers, invocation) => {
    const parts = open.map(({ to, weight }): Share<Peers> => {
      return { of: keep(peers, (peer) => to.matches(peer, invocation)), weight }
    })
    const able = parts.filter(({ of }) => isAble(of))
    if (able.length > 0) return shares(able, rng)
    const nobody = firstAble(...parts.map(({ of }) => of), ...(force ? [] : [peers]))
    return () => nobody
  })
  const route: Router = (peers, invocation) => (isAbout(invocation) ? draws(peers, invocation)() : peers)
  return Object.assign(route, {
    asks: (invocation: Invocation) =>
      `kept by rule ${shown(name)}${isAbout(invocation) ? '' : ', which is not about this call'}`,
    why(peer: Peer, invocation: Invocation) {
      const misfits = open.map(({ to }) => to.misfit(peer, invocation))
      if (misfits.length === 0) return 'no destination has weight'
      if (misfits.includes(undefined)) return 'the call was drawn for another destination'
      return misfits.length === 1 ? misfits[0]! : 'it fits no destination'
    },
  })
}

/** Tells apart the calls that may get different answers. */
function labelBy(references: readonly CallFact[]): (invocation: Invocation) => string | undefined {
  const [first, ...more] = references
  if (first === undefined) return () => undefined
  if (more.length === 0) return first
  return (invocation) => JSON.stringify(references.map((fact) => fact(invocation) ?? null))
}
