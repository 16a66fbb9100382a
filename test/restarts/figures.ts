import type { CallEnd } from './caller.ts'

/** What became of the calls, and what it took. */
export interface Figures {
  readonly calls: number
  readonly failed: number
  /** Ran more than once. */
  readonly twice: number
  /** Were answered, and stand in no provider's log. */
  readonly lost: number
  /** Attempts beyond the first. */
  readonly retried: number
  readonly restarts: number
  /** Of the slowest stop, from SIGTERM to its end. */
  readonly longestStopMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Of the failures, the first few. */
  readonly examples: readonly string[]
  readonly kept: boolean
}

export interface Evidence {
  readonly ends: readonly CallEnd[]
  /** What the providers have run, by id. */
  readonly ran: readonly number[]
  readonly attempts: number
  /** One for each restart, in ms. */
  readonly stops: readonly number[]
}

/** Compares what callers saw with what providers did. Kept: none failed, none ran twice, none is missing. */
export function figuresOf({ ends, ran, attempts, stops }: Evidence): Figures {
  const times = new Map<number, number>()
  for (const id of ran) times.set(id, (times.get(id) ?? 0) + 1)
  const failures = ends.filter(({ error }) => error !== undefined)
  const lost = ends.filter(({ id, error }) => error === undefined && !times.has(id)).length
  const twice = [...times.values()].filter((count) => count > 1).length
  const durations = ends.map(({ durationMs }) => durationMs).sort((a, b) => a - b)
  const at = (share: number): number =>
    Math.round((durations[Math.min(durations.length - 1, Math.floor(share * durations.length))] ?? 0) * 10) / 10
  return {
    calls: ends.length,
    ...{ failed: failures.length, twice, lost },
    retried: attempts - ends.length,
    restarts: stops.length,
    longestStopMs: Math.round(Math.max(0, ...stops)),
    ...{ p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) },
    examples: failures.slice(0, 5).map(({ error = '' }) => error),
    kept: ends.length > 0 && failures.length + twice + lost === 0,
  }
}
