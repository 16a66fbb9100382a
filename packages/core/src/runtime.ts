import { randomUUID } from 'node:crypto'
import type { Clock } from './clock.ts'
import { LazyAlarm } from './lazy-alarm.ts'
import type { Rng } from './rng.ts'

// The one file that may read the real time and the real dice: a lint rule forbids them everywhere else.

export const systemClock: Clock = {
  now: () => performance.now(),
  epoch: () => Date.now(),
  after(delayMs, task, { keepAlive = false } = {}) {
    const timer = setTimeout(task, Math.min(delayMs, MAX_TIMER_MS))
    if (!keepAlive) timer.unref()
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  },
  alarm: (task) => new LazyAlarm(systemClock, task),
}

export const systemRng: Rng = Math.random

/** A name that no other process or start has: 128 random bits as text. */
export const uniqueId = (): string => randomUUID()

/** 25 days. Of a longer time Node makes one millisecond. */
const MAX_TIMER_MS = 2 ** 31 - 1
