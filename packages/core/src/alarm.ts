import type { Clock } from './clock.ts'

/** One thing to do, at a time that is often moved: at most one at once. Does not keep the process alive. */
export interface Alarm {
  /** Monotonic, in ms; takes the place of the time set before. What is over goes off in a turn of its own. */
  set(at: number): void
  clear(): void
}

/** An alarm by this clock: its own kind, if it has one. */
export const alarm = (clock: Clock, task: () => void): Alarm => clock.alarm?.(task) ?? new TimerAlarm(clock, task)

/** A timer for each time that is set. */
class TimerAlarm implements Alarm {
  readonly #clock: Clock
  readonly #task: () => void
  #timer: Disposable | undefined

  constructor(clock: Clock, task: () => void) {
    this.#clock = clock
    this.#task = task
  }

  set(at: number): void {
    this.clear()
    this.#timer = this.#clock.after(Math.max(0, at - this.#clock.now()), this.#task)
  }

  clear(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }
}
