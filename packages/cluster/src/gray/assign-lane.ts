import { type Filter, type Invocation, LANE, type Live, type Reply } from '@kumquat/core'
import { lastGood } from '../matching/last-good.ts'
import { decide, type GrayLaneOptions } from './gray-lane.ts'
import { type GrayRule, readGrayRule } from './gray-rule.ts'

/**
 * Gives each call without a lane the one that the rule decides, as an attachment, so that it travels with all that the
 * call brings about: put it where calls begin. A rule in shadow, or one that is off, gives none. Throws `TypeError` at
 * once if the rule has a mistake.
 */
export function assignLane(
  rule: Live<GrayRule>,
  { onError = ignore }: GrayLaneOptions = {},
): Filter<Invocation, Reply> {
  const read = lastGood(rule, readGrayRule, onError)
  return (next) => (invocation) => {
    const current = read()
    if (!current.enabled || current.shadow) return next(invocation)
    const { lane, by } = decide(current, invocation)
    if (by === 'given') return next(invocation)
    return next({ ...invocation, attachments: { ...invocation.attachments, [LANE]: lane } })
  }
}

const ignore = (): void => {}
