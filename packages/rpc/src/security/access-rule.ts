import { type Conditions, callConditions } from '@kumquat/cluster'
import type { Invocation } from '@kumquat/core'

/** Who may call what, as data. */
export interface AccessRule {
  /** For people, in explanations and in the log. Default: its place, such as `rules[0]`. */
  readonly name?: string
  readonly effect: 'allow' | 'deny'
  /**
   * The calls it is about; patterns may have `*`, lists and `!`. Keys: `caller`, `service`, `method`, `attachments[name]`,
   * `arguments[0].a.b`. Default: all calls.
   */
  readonly when?: Conditions
}

/** A rule read once, to be asked often. */
export interface ReadAccessRule {
  readonly name: string
  readonly effect: AccessRule['effect']
  readonly isAbout: (invocation: Invocation) => boolean
}

/** Checks rules, which may come from outside, and reads them. Throws `TypeError` naming the rule, the place and the value. */
export function readAccessRules(source: unknown): readonly ReadAccessRule[] {
  if (!Array.isArray(source) || source.length > MAX_RULES)
    throw new TypeError(`rules must be a list of at most ${MAX_RULES}, got ${JSON.stringify(source)?.slice(0, 60)}`)
  return source.map((rule: unknown, index) => readRule(rule, `rules[${index}]`))
}

const MAX_RULES = 1_000
const FIELDS: readonly string[] = ['name', 'effect', 'when']

function readRule(rule: unknown, where: string): ReadAccessRule {
  if (typeof rule !== 'object' || rule === null)
    throw new TypeError(`${where} must be an object, got ${JSON.stringify(rule)}`)
  const unknown = Object.keys(rule).find((field) => !FIELDS.includes(field))
  if (unknown !== undefined)
    throw new TypeError(`${where} has no field ${JSON.stringify(unknown)}: known are ${FIELDS.join(', ')}`)
  const { name = where, effect, when = {} }: { [Field in keyof AccessRule]?: unknown } = rule
  if (typeof name !== 'string') throw new TypeError(`${where}.name must be a text, got ${JSON.stringify(name)}`)
  if (effect !== 'allow' && effect !== 'deny')
    throw new TypeError(`${where}.effect must be "allow" or "deny", got ${JSON.stringify(effect)}`)
  return { name, effect, isAbout: callConditions(when, `${where}.when`) }
}
