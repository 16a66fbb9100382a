import { eventually } from '@kumquat/core/testing'
import type { Actor } from '../actor.ts'
import type { Vitals } from '../processes/messages.ts'

/** What a process had more of afterwards, in words; empty = nothing. */
export type Leaks = readonly string[]

const RSS_FACTOR = 1.1
const SETTLE_MS = 20_000

/** What `actor` has more of than `before`, once what only lingers is gone. */
export async function leaksOf(name: string, actor: Actor, before: Vitals): Promise<{ leaks: Leaks; after: Vitals }> {
  let after = before
  const measured = async (): Promise<Leaks> => {
    after = await actor.measure()
    const leaks = compare(name, before, after)
    if (leaks.length > 0) throw new Error(leaks.join('; '))
    return leaks
  }
  const leaks = await eventually(measured, { withinMs: SETTLE_MS, everyMs: 500 }).catch(() =>
    compare(name, before, after),
  )
  return { leaks, after }
}

function compare(name: string, before: Vitals, after: Vitals): Leaks {
  const grown = Object.entries(after.handles).filter(([type, count]) => count > (before.handles[type] ?? 0))
  return [
    ...grown.map(([type, count]) => `${name} has ${count} ${type}, had ${before.handles[type] ?? 0}`),
    ...(after.listeners > before.listeners
      ? [`${name} has ${after.listeners} listeners, had ${before.listeners}`]
      : []),
    ...(rssOf(after) > rssOf(before) * RSS_FACTOR
      ? [`${name} has ${mebibytes(after)} MiB, had ${mebibytes(before)} MiB`]
      : []),
  ]
}

/** Of a process and its children. */
export const mebibytes = (vitals: Vitals): number => Math.round(rssOf(vitals) / 2 ** 20)

const rssOf = ({ rssBytes, childrenRssBytes }: Vitals): number => rssBytes + childrenRssBytes
