import type { Alarm } from './alarm.ts'

/** Time, injected: pass `handClock()` of `@kumquat/core/testing` to run an algorithm in virtual time. */
export interface Clock {
  /** Monotonic, in ms. The only time that decisions are made by. */
  now(): number
  /** Wall clock, in ms since 1970: for records and for people. */
  epoch(): number
  /**
   * Runs `task` once after `delayMs`; dispose to cancel. Does not keep the process alive unless `keepAlive`.
   * The real clock waits 25 days at most: `Infinity` is that long.
   */
  after(delayMs: number, task: () => void, options?: AfterOptions): Disposable
  /** Makes an alarm where this clock has a cheaper way than a timer for each time that is set: see `alarm()`. */
  alarm?(task: () => void): Alarm
}

export interface AfterOptions {
  /** Default false. */
  readonly keepAlive?: boolean
}

/** Runs `task` every `periodMs`, first after one period, never two at once. It must not throw or reject. Dispose to stop. */
export function every(clock: Clock, periodMs: number, task: () => void | Promise<void>): Disposable {
  let stopped = false
  let timer: Disposable
  const arm = (): void => {
    if (!stopped) timer = clock.after(periodMs, () => void Promise.resolve(task()).finally(arm))
  }
  arm()
  return {
    [Symbol.dispose]() {
      stopped = true
      timer[Symbol.dispose]()
    },
  }
}

/** Resolves after `delayMs`, or at once when `signal` aborts. Keeps the process alive. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = (): void => {
      timer[Symbol.dispose]()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = clock.after(delayMs, done, { keepAlive: true })
    signal?.addEventListener('abort', done)
  })
}
