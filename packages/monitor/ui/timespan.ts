import type { Point } from '../src/dashboard/model.ts'

/** From and to, in ms since 1970. */
export interface Timespan {
  readonly from: number
  readonly to: number
}

const LONGEST_MS = 300_000
const SHORTEST_MS = 60_000

/** What a chart of `history` shows at `at`: all of it, but at least the last minute and at most the last five. */
export function timespan(history: readonly Point[], at: number): Timespan {
  const first = history[0]?.at ?? at
  return { from: at - Math.min(LONGEST_MS, Math.max(SHORTEST_MS, at - first)), to: at }
}

/** `last minute`, `last 3 min`. */
export function describeTimespan({ from, to }: Timespan): string {
  const minutes = Math.round((to - from) / 60_000)
  return minutes <= 1 ? 'last minute' : `last ${minutes} min`
}
