import type { Clock } from '../clock.ts'

/** A clock that moves only when told to. */
export interface HandClock extends Clock {
  /** Moves on by `ms`, running what falls due in order, each with its promises settled before the next. */
  advance(ms: number): Promise<void>
  /** Timers not yet due: 0 when nothing leaks. */
  readonly pending: number
}

interface Timer {
  readonly at: number
  readonly task: () => void
}

export interface HandClockOptions {
  /** What `now()` answers first. Default 0. */
  readonly startMs?: number
  /** What `epoch()` answers first. */
  readonly epochMs?: number
}

export function handClock({ startMs = 0, epochMs = 1_800_000_000_000 }: HandClockOptions = {}): HandClock {
  let now = startMs
  const timers = new Set<Timer>()
  const due = (until: number): Timer | undefined =>
    [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
  return {
    now: () => now,
    epoch: () => epochMs + now - startMs,
    after(delayMs, task) {
      const timer = { at: now + Math.max(0, delayMs), task }
      timers.add(timer)
      return { [Symbol.dispose]: () => void timers.delete(timer) }
    },
    async advance(ms) {
      const until = now + ms
      await settled()
      for (let next = due(until); next !== undefined; next = due(until)) {
        timers.delete(next)
        now = Math.max(now, next.at)
        next.task()
        await settled()
      }
      now = until
    },
    get pending() {
      return timers.size
    },
  }
}

/** Lets every promise that can settle without time or I/O do so. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
