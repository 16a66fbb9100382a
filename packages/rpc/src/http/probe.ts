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
 * and doubles up to 5 s ("full jitter", AWS: Exponential Backoff And Jitter, 2015), so that many consumers do not knock at once.
 */
export class Probe implements Disposable {
  readonly #options: ProbeOptions
  #timer: Disposable | undefined
  #running = false

  constructor(options: ProbeOptions) {
    this.#options = options
  }

  /** Begins, if it has not begun. */
  start(): void {
    if (this.#running) return
    this.#running = true
    this.#wait(FIRST_BOUND_MS)
  }

  stop(): void {
    this.#running = false
    this.#timer?.[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  #wait(boundMs: number): void {
    const { look, recovered, clock, rng } = this.#options
    this.#timer = clock.after(rng() * boundMs, () => {
      void look().then((isBack) => {
        if (!this.#running) return
        if (!isBack) return this.#wait(Math.min(2 * boundMs, LAST_BOUND_MS))
        this.stop()
        recovered()
      })
    })
  }
}

const FIRST_BOUND_MS = 50
const LAST_BOUND_MS = 5_000
