import type { Invocation } from '@kumquat/core'
import { type CallFact, callFact } from '../matching/call-fact.ts'
import { fields, flag, list, oneOf, percent as percentOf, text } from '../matching/checked.ts'
import { type Conditions, callConditions } from '../matching/conditions.ts'
import type { GrayFallback } from '../routers/gray.ts'

/** Which calls are tried on a release, as data. Without any field: none. */
export interface GrayRule {
  /** Share of the keys in the gray lane, 0 to 100 with up to two decimals. Default 0. */
  readonly percent?: number
  /**
   * What stays in one lane: `caller`, `attachments[user]`, `arguments[0].userId`… A call without it is drawn for no lane.
   * Must be given for a percentage, and for users in lists.
   */
  readonly key?: string
  /** Two rules of different salt choose different keys. Default empty. */
  readonly salt?: string
  /** Gray, whatever the percentage: values of the key, or conditions on the call, one of which is enough. */
  readonly always?: readonly (string | Conditions)[]
  /** Never gray, whatever else is said. */
  readonly never?: readonly (string | Conditions)[]
  /** Where gray calls go when no gray peer is left: see `gray({ fallback })`. Default `stable`. */
  readonly fallback?: GrayFallback
  /** Decide and count, but give nobody a lane. Default false. */
  readonly shadow?: boolean
  /** Default true. */
  readonly enabled?: boolean
}

/** A rule read once, to be asked often. */
export interface ReadGrayRule {
  /** Hundredths of a percent. */
  readonly share: number
  readonly key: CallFact
  readonly salt: string
  readonly isAlways: Listed
  readonly isNever: Listed
  readonly fallback: GrayFallback
  readonly shadow: boolean
  readonly enabled: boolean
}

/** Whether a list names the key of a call, or the call. */
export type Listed = (key: string | undefined, invocation: Invocation) => boolean

/** Checks a rule that comes from outside, and returns it. Throws `TypeError` naming the field and the value. */
export function grayRule(source: unknown): GrayRule {
  readGrayRule(source)
  return source as GrayRule
}

/** Throws `TypeError` naming the field and the value. */
export function readGrayRule(source: unknown): ReadGrayRule {
  const where = 'gray rule'
  const known = ['percent', 'key', 'salt', 'always', 'never', 'fallback', 'shadow', 'enabled']
  const { percent, key, salt, always, never, fallback, shadow, enabled } = fields(source, where, known)
  const share = Math.round(percentOf(percent, `${where}.percent`, 0) * 100)
  if (key === undefined && (share > 0 || namesKeys(always) || namesKeys(never))) {
    throw new TypeError(`${where}.key is missing: say what stays in one lane, e.g. "attachments[user]"`)
  }
  return {
    share,
    key: key === undefined ? () => undefined : callFact(text(key, `${where}.key`), `${where}.key`),
    salt: text(salt, `${where}.salt`, ''),
    isAlways: listed(always, `${where}.always`),
    isNever: listed(never, `${where}.never`),
    fallback: oneOf(fallback, `${where}.fallback`, ['stable', 'fail'], 'stable'),
    shadow: flag(shadow, `${where}.shadow`, false),
    enabled: flag(enabled, `${where}.enabled`, true),
  }
}

const namesKeys = (source: unknown): boolean =>
  Array.isArray(source) && source.some((entry) => typeof entry === 'string')

function listed(source: unknown, where: string): Listed {
  const keys = new Set<string>()
  const calls: ((invocation: Invocation) => boolean)[] = []
  for (const [index, entry] of list(source ?? [], where).entries()) {
    const place = `${where}[${index}]`
    if (typeof entry === 'string') keys.add(text(entry, place))
    else calls.push(someConditions(entry, place))
  }
  return (key, invocation) => (key !== undefined && keys.has(key)) || calls.some((fits) => fits(invocation))
}

function someConditions(source: unknown, where: string): (invocation: Invocation) => boolean {
  const fits = callConditions(source, where)
  if (Object.keys(source as object).length > 0) return fits
  throw new TypeError(`${where} is empty: it would name every call`)
}
