import type { Clock, Rng } from '@kumquat/core'

export interface ProbeOptions {
  /** Looks once: whether the peer may be called again. Never rejects. */
  readonly look: () => Promise<boolean>
  /** Called when it may. */
  readonly recovered: () => void
  readonly clock: Clock
  readonly rng: Rng
}

/**
 * Looks after a peer that is closed, until it recovers: after a random time between 0 and a bound that begins at 50 ms
 * and doubles up to 2 s ("full jitter", AWS: Exponential Backoff And Jitter, 2015), so that many consumers do not knock at once. A longer
 * bound would let those who are found first be run down by the calls of all, after an outage of everybody.
 */
export class Probe {
  readonly #options: ProbeOptions
  /** Of the round under way; none when at rest. */
  #timer: Disposable | undefined

  constructor(options: ProbeOptions) {
    this.#options = options
  }

  /** Begins, if it has not begun. */
  start(): void {
    if (this.#timer === undefined) this.#wait(FIRST_BOUND_MS)
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  #wait(boundMs: number): void {
    const { look, recovered, clock, rng } = this.#options
    const timer = clock.after(rng() * boundMs, () => {
      void look().then((isBack) => {
        // Stopped meanwhile, and perhaps started again.
        if (this.#timer !== timer) return
        if (!isBack) return this.#wait(Math.min(2 * boundMs, LAST_BOUND_MS))
        this.stop()
        recovered()
      })
    })
    this.#timer = timer
  }
}

const FIRST_BOUND_MS = 50
const LAST_BOUND_MS = 2_000
