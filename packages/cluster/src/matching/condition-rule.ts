import { DEFAULT_WEIGHT, type Invocation, MAX_WEIGHT } from '@kumquat/core'
import type { Peer } from '../peer.ts'
import { fields, flag, list, number, object, shown, text } from './checked.ts'
import { type Conditions, callConditions, type Matcher, peerConditions } from './conditions.ts'

/** Which calls go to which peers, as data. */
export interface ConditionRule {
  /** For people, in errors and explanations. Default: its place, such as `rules[0]`. */
  readonly name?: string
  /** The calls it is about. Keys: `method`, `service`, `caller`, `attachments[name]`, `arguments[0].a.b`. Default: all. */
  readonly when?: Conditions
  /**
   * Where they go: to the peers that fit, or to one of several destinations, drawn by weight for each call. Keys: `id`,
   * `host`, `zone`, `version`, `gray`, `tags[name]`.
   */
  readonly to: Conditions | readonly Destination[]
  /** Whether the calls go nowhere when nobody fits. Default false: the rule is then passed over. */
  readonly force?: boolean
  /** The higher is asked the earlier; of equals the earlier in the list. Default 0. */
  readonly priority?: number
  /** Default true. */
  readonly enabled?: boolean
}

export interface Destination {
  /** Empty: everybody. */
  readonly to: Conditions
  /** Share of the calls, relative to the other destinations in which somebody is left: 0 (none) to 10 000. Default 100. */
  readonly weight?: number
}

/** A rule read once, to be asked often. */
export interface ReadRule {
  readonly name: string
  readonly isAbout: (invocation: Invocation) => boolean
  readonly destinations: readonly { readonly to: Matcher<Peer>; readonly weight: number }[]
  readonly force: boolean
  readonly priority: number
  readonly enabled: boolean
}

/** Checks rules that come from outside, and returns them. Throws `TypeError` naming the rule, the place and the value. */
export function conditionRules(source: unknown): readonly ConditionRule[] {
  readConditionRules(source)
  return source as readonly ConditionRule[]
}

/** Throws `TypeError` naming the rule, the place and the value. */
export const readConditionRules = (source: unknown): readonly ReadRule[] =>
  list(source, 'rules').map((rule, index) => readRule(rule, `rules[${index}]`))

function readRule(source: unknown, where: string): ReadRule {
  const known = ['name', 'when', 'to', 'force', 'priority', 'enabled']
  const { name: named, when = {}, to, force, priority, enabled } = fields(source, where, known)
  const name = text(named, `${where}.name`, where)
  const place = name === where ? where : `${where} (${shown(name)})`
  return {
    name,
    isAbout: callConditions(when, `${place}.when`),
    destinations: destinations(to, `${place}.to`),
    force: flag(force, `${place}.force`, false),
    priority: number(priority, `${place}.priority`, -MAX_PRIORITY, MAX_PRIORITY, 0),
    enabled: flag(enabled, `${place}.enabled`, true),
  }
}

function destinations(source: unknown, where: string): ReadRule['destinations'] {
  if (Array.isArray(source)) return list(source, where).map((one, index) => destination(one, `${where}[${index}]`))
  if (Object.keys(object(source, where)).length > 0)
    return [{ to: peerConditions(source, where), weight: DEFAULT_WEIGHT }]
  throw new TypeError(`${where} is empty: say what a peer must be`)
}

function destination(source: unknown, where: string): ReadRule['destinations'][number] {
  const { to, weight } = fields(source, where, ['to', 'weight'])
  return {
    to: peerConditions(to, `${where}.to`),
    weight: number(weight, `${where}.weight`, 0, MAX_WEIGHT, DEFAULT_WEIGHT),
  }
}

const MAX_PRIORITY = 1_000_000
