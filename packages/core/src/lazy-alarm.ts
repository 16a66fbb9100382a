import type { Alarm } from './alarm.ts'
import type { Clock } from './clock.ts'

/**
 * Leaves its timer running when it is cleared or set to a later time, and looks what is wanted when it goes off: where calls
 * come one by one an alarm is set and cleared with each, and a timer is dearer than the rest of a deadline.
 */
export class LazyAlarm implements Alarm {
  readonly #clock: Clock
  readonly #task: () => void
  #timer: Disposable | undefined
  #timerAt = Number.POSITIVE_INFINITY
  #dueAt = Number.POSITIVE_INFINITY

  constructor(clock: Clock, task: () => void) {
    this.#clock = clock
    this.#task = task
  }

  set(at: number): void {
    this.#dueAt = at
    if (at < this.#timerAt) this.#arm(at)
  }

  clear(): void {
    this.#dueAt = Number.POSITIVE_INFINITY
  }

  #arm(at: number): void {
    this.#timer?.[Symbol.dispose]()
    this.#timerAt = at
    this.#timer = this.#clock.after(Math.max(0, at - this.#clock.now()), () => this.#goOff())
  }

  #goOff(): void {
    const dueAt = this.#dueAt
    this.#timerAt = Number.POSITIVE_INFINITY
    if (dueAt === Number.POSITIVE_INFINITY) return
    if (this.#clock.now() < dueAt) {
      this.#arm(dueAt)
      return
    }
    this.#dueAt = Number.POSITIVE_INFINITY
    this.#task()
  }
}
