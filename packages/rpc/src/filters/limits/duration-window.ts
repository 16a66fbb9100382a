import type { Clock } from '@kumquat/core'
import type { WindowSeen } from './gradient2.ts'

export interface DurationWindowOptions {
  readonly windowMs: number
  /** A window with fewer calls goes on. */
  readonly minCalls: number
  readonly clock: Clock
}

/** Sums calls up, window after window. */
export class DurationWindow {
  readonly #options: DurationWindowOptions
  #beganAt: number
  #calls = 0
  #sumMs = 0
  #inFlight = 0

  constructor(options: DurationWindowOptions) {
    this.#options = options
    this.#beganAt = options.clock.now()
  }

  /** Adds a call that ended, with the calls that were under way when it began; says what was seen once a window is full. */
  add(durationMs: number, inFlight: number): Omit<WindowSeen, 'lateness'> | undefined {
    const { windowMs, minCalls, clock } = this.#options
    this.#calls++
    this.#sumMs += durationMs
    this.#inFlight = Math.max(this.#inFlight, inFlight)
    if (this.#calls < minCalls || clock.now() - this.#beganAt < windowMs) return undefined
    const seen = { meanMs: this.#sumMs / this.#calls, inFlight: this.#inFlight }
    this.#beganAt = clock.now()
    this.#calls = 0
    this.#sumMs = 0
    this.#inFlight = 0
    return seen
  }
}
