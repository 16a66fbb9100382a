import { type Filter, GRAY_LANE, type Invocation, type Live, type Reply } from '@kumquat/core'
import { lastGood } from '../matching/last-good.ts'
import { decide, type GrayLaneOptions, type LaneReason } from './gray-lane.ts'
import { type GrayRule, readGrayRule } from './gray-rule.ts'

/** What a rule would have done with the calls since it was set. */
export interface ShadowCounts {
  readonly calls: number
  /** Those that it would have sent to the gray lane, or found there. */
  readonly gray: number
  readonly by: Readonly<Record<LaneReason, number>>
}

export interface Shadow extends Filter<Invocation, Reply> {
  /** As of now. A changed rule begins anew. */
  readonly counts: ShadowCounts
}

/**
 * Counts what a rule would do to the calls that pass, and leaves every call as it is. Throws `TypeError` at once if the rule
 * has a mistake.
 */
export function shadow(rule: Live<GrayRule>, { onError = ignore }: GrayLaneOptions = {}): Shadow {
  const read = lastGood(rule, (source: GrayRule) => ({ rule: readGrayRule(source), counts: nothing() }), onError)
  const filter: Filter<Invocation, Reply> = (next) => (invocation) => {
    const { rule, counts } = read()
    const { lane, by } = decide(rule, invocation)
    counts.calls++
    if (lane === GRAY_LANE) counts.gray++
    counts.by[by]++
    return next(invocation)
  }
  return Object.defineProperty(filter, 'counts', {
    get: (): ShadowCounts => structuredClone(read().counts),
  }) as Shadow
}

const nothing = () => ({
  calls: 0,
  gray: 0,
  by: { given: 0, never: 0, always: 0, percent: 0, 'no-key': 0, off: 0 },
})

const ignore = (): void => {}
