import type { Clock } from '@kumquat/core'

/** How late the event loop is, measured by timers only while there is work: an idle process runs none. */
export class LoopLag {
  readonly #clock: Clock
  #dueAt: number | undefined
  #hasWork = false
  #ms = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** In ms: rises at once and falls within some tenths of a second. */
  get ms(): number {
    // A timer that should have run is as good as one that ran late.
    return this.#dueAt === undefined ? this.#ms : Math.max(this.#ms, this.#clock.now() - this.#dueAt)
  }

  /** There is work: goes on measuring. */
  noteWork(): void {
    this.#hasWork = true
    if (this.#dueAt === undefined) this.#arm()
  }

  #arm(): void {
    this.#hasWork = false
    this.#dueAt = this.#clock.now() + PERIOD_MS
    this.#clock.after(PERIOD_MS, () => this.#measure(this.#dueAt!))
  }

  #measure(dueAt: number): void {
    const lateMs = Math.max(0, this.#clock.now() - dueAt)
    this.#dueAt = undefined
    this.#ms = lateMs > this.#ms ? lateMs : this.#ms + (lateMs - this.#ms) * FALL
    if (this.#hasWork) this.#arm()
    else this.#ms = 0
  }
}

const PERIOD_MS = 20
const FALL = 0.3
