import { LANE } from '@kumquat/core'
import { type Attachments, formatBaggage, MAX_BAGGAGE_BYTES, MAX_MEMBERS, NO_ATTACHMENTS } from './attachments.ts'

/**
 * The attachments of a call made while another is served: its own, and those of the other that still fit into a `baggage`
 * header, the lane first. Without a bound a fact added at each hop would in the end cost all of them.
 */
export function fitting(own: Attachments, inherited: Attachments): Attachments {
  const all = { ...inherited, ...own }
  if (surelyFits(all)) return all
  const kept: Record<string, string> = { ...own }
  let [bytes, members] = [formatBaggage(own).length, Object.keys(own).length]
  const keep = (key: string): void => {
    if (key in own || members >= MAX_MEMBERS) return
    const more = formatBaggage({ [key]: inherited[key]! }).length + (members > 0 ? ','.length : 0)
    if (bytes + more > MAX_BAGGAGE_BYTES) return
    kept[key] = inherited[key]!
    bytes += more
    members++
  }
  if (inherited[LANE] !== undefined) keep(LANE)
  for (const key in inherited) if (key !== LANE) keep(key)
  return kept
}

/** The attachments of a call as far as they fit: filters may have added any. */
export const fitted = (attachments: Attachments): Attachments =>
  surelyFits(attachments) ? attachments : fitting(NO_ATTACHMENTS, attachments)

/** By a look at lengths alone; a character takes nine at most. */
function surelyFits(attachments: Attachments): boolean {
  let [bytes, members] = [0, 0]
  for (const key in attachments) {
    bytes += key.length + 9 * attachments[key]!.length + 2
    members++
  }
  return bytes <= MAX_BAGGAGE_BYTES && members <= MAX_MEMBERS
}
