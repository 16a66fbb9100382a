import type { BackendName } from './grounds/ground.ts'
import type { Row } from './row.ts'

interface Promised {
  /** Bounds in ms, given the time-out of sessions. */
  readonly absentMs: (ttlMs: number) => number
  readonly only?: readonly BackendName[]
}

/** How long a dead provider may be seen: what docs/guides/choosing-a-registry.md says. The first that fits counts. */
const ABSENCE: Readonly<Record<string, readonly Promised[]>> = {
  'provider-killed': [{ only: ['zookeeper'], absentMs: () => 100 }, { absentMs: (ttlMs) => ttlMs + 1_000 }],
  'machine-dead': [{ only: ['zookeeper'], absentMs: (ttlMs) => ttlMs + 500 }, { absentMs: (ttlMs) => ttlMs + 1_000 }],
}

/** Everything is true again this long after a fault is over, at the latest. */
export const HEAL_MS = 15_000

/** What a row promised and did not keep, in words. */
export function broken(row: Omit<Row, 'broken' | 'kept'>, ttlMs: number): readonly string[] {
  const { backend, absentMs, healMs, healed, entries } = row
  const promised = ABSENCE[row.fault]?.find(({ only }) => only?.includes(backend) ?? true)?.absentMs(ttlMs)
  return [
    promised !== undefined && !within(absentMs, promised) && `visible for ${shown(absentMs)}, not ${promised} ms`,
    healMs !== undefined && !within(healMs, HEAL_MS) && `not healed within ${HEAL_MS} ms`,
    healed < entries && `${entries - healed} of ${entries} entries did not heal`,
    !row.watchesAlive && 'a watch is dead',
    row.lost > 0 && `${row.lost} living providers were missed`,
    row.forWant > 0 && `${row.forWant} calls failed for want of providers`,
    row.made === 0 && 'no call was made',
  ].filter((words) => words !== false)
}

const within = (ms: number | null | undefined, most: number): boolean => typeof ms === 'number' && ms <= most

const shown = (ms: number | null | undefined): string => (typeof ms === 'number' ? `${Math.round(ms)} ms` : 'ever')
