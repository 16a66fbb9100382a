import type { Leftovers } from './lasting-signal.ts'

/** What is wrong with what was left; empty when nothing leaks. */
export function verdict({ calls, ends, listeners, grown, sockets }: Leftovers): readonly string[] {
  const ended = Object.values(ends).reduce((sum, count) => sum + count, 0)
  const { ok: answered = 0 } = ends
  const hundreds = Math.floor(calls / 100)
  return [
    ...(ended === calls ? [] : [`${ended} of ${calls} calls ended`]),
    ...(answered === calls - 3 * hundreds ? [] : [`${answered} calls were answered`]),
    ...(listeners === 0 ? [] : [`${listeners} listeners are left on the signal`]),
    ...(grown <= MAX_GROWTH ? [] : [`the heap grew by ${Math.round(grown / 1_024)} KiB`]),
    ...(sockets <= 0 ? [] : [`${sockets} sockets are left open`]),
  ]
}

/** In bytes: what caches and compiled code take; a leak of 16 bytes a call is more after a million calls. */
const MAX_GROWTH = 6 * 2 ** 20
