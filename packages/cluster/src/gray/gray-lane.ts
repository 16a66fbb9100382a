import { GRAY_LANE, type Invocation, LANE, type Live, STABLE_LANE } from '@kumquat/core'
import { fnv1a } from '../hashes/fnv1a.ts'
import { lastGood } from '../matching/last-good.ts'
import { own } from '../matching/own.ts'
import { type GrayRule, type ReadGrayRule, readGrayRule } from './gray-rule.ts'

/**
 * What decided: the call had a lane already, the list `never`, the list `always`, the percentage; it has no key; or the
 * rule is off.
 */
export type LaneReason = 'given' | 'never' | 'always' | 'percent' | 'no-key' | 'off'

export interface LaneDecision {
  readonly lane: string
  readonly by: LaneReason
}

export interface GrayLaneOptions {
  /** Told of a mistake in a rule that came later; the one before it stays. Must not throw. Default: ignored. */
  readonly onError?: (error: unknown) => void
}

/**
 * Decides which lane a call belongs to. An equal key gets an equal lane, in every process, and a higher percentage moves
 * nobody back: a key is gray if its hash mod 10 000 is below the percentage in hundredths, as in Unleash's gradual rollout.
 * Throws `TypeError` at once if the rule has a mistake.
 */
export function grayLane(
  rule: Live<GrayRule>,
  { onError = ignore }: GrayLaneOptions = {},
): (invocation: Invocation) => LaneDecision {
  const read = lastGood(rule, readGrayRule, onError)
  return (invocation) => decide(read(), invocation)
}

/** By a rule that has been read. */
export function decide(rule: ReadGrayRule, invocation: Invocation): LaneDecision {
  const given = own(invocation.attachments, LANE)
  if (given !== undefined) return { lane: given, by: 'given' }
  if (!rule.enabled) return OFF
  const key = rule.key(invocation)
  if (rule.isNever(key, invocation)) return NEVER
  if (rule.isAlways(key, invocation)) return ALWAYS
  if (key === undefined) return NO_KEY
  return bucketOf(rule.salt, key) < rule.share ? DRAWN : NOT_DRAWN
}

/** 0 to 9 999, the same for ever for the same salt and key. */
const bucketOf = (salt: string, key: string): number => fnv1a(`${salt}:${key}`) % 10_000

const OFF: LaneDecision = { lane: STABLE_LANE, by: 'off' }
const NEVER: LaneDecision = { lane: STABLE_LANE, by: 'never' }
const ALWAYS: LaneDecision = { lane: GRAY_LANE, by: 'always' }
const NO_KEY: LaneDecision = { lane: STABLE_LANE, by: 'no-key' }
const DRAWN: LaneDecision = { lane: GRAY_LANE, by: 'percent' }
const NOT_DRAWN: LaneDecision = { lane: STABLE_LANE, by: 'percent' }
const ignore = (): void => {}
