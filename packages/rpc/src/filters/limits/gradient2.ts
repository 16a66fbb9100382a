export interface Gradient2Options {
  readonly initial: number
  readonly min: number
  readonly max: number
  /** How many times the usual duration is still usual. */
  readonly tolerance: number
  /** Weight of the newest limit. */
  readonly smoothing: number
  /** Windows over which the usual duration is taken. */
  readonly longWindow: number
  /** What the limit grows by while nothing is slower than usual. */
  readonly headroom: number
}

/** What was seen in one window. */
export interface WindowSeen {
  /** Mean duration of the calls that ended. */
  readonly meanMs: number
  /** Most calls under way at once. */
  readonly inFlight: number
  /** How late the event loop is, as a share of what is borne: above 1 is too late. */
  readonly lateness: number
}

/**
 * The limit that suits how long calls take now, compared with how long they usually take: slower means that they wait for
 * something inside. Where methods never wait their duration says nothing of it, but the lateness of the event loop does.
 *
 * Netflix concurrency-limits, `Gradient2Limit` (github.com/Netflix/concurrency-limits); the event loop is our addition.
 */
export class Gradient2 {
  readonly #options: Gradient2Options
  #limit: number
  #usualMs = 0
  #windows = 0

  constructor(options: Gradient2Options) {
    this.#options = options
    this.#limit = options.initial
  }

  /** Whole calls. */
  get limit(): number {
    return Math.floor(this.#limit)
  }

  update({ meanMs, inFlight, lateness }: WindowSeen): void {
    const { min, max, tolerance, smoothing, headroom } = this.#options
    const usualMs = this.#learn(meanMs)
    const isLate = lateness > 1
    // Too few calls to say anything of the limit.
    if (inFlight < this.#limit / 2 && !isLate) return
    const bySlowness = meanMs > 0 ? (tolerance * usualMs) / meanMs : 1
    const gradient = clamp(Math.min(bySlowness, isLate ? 1 / lateness : 1), 0.5, 1)
    const next = this.#limit * gradient + (isLate ? 0 : headroom)
    this.#limit = clamp(this.#limit * (1 - smoothing) + next * smoothing, min, max)
  }

  /** A plain mean at first, then one that forgets. */
  #learn(meanMs: number): number {
    const { longWindow } = this.#options
    this.#windows++
    const weight = this.#windows <= WARM_UP ? 1 / this.#windows : 2 / (longWindow + 1)
    this.#usualMs += (meanMs - this.#usualMs) * weight
    const usualMs = this.#usualMs
    // After a long slow time what counts as usual must come down quicker than it forgets.
    if (usualMs > 2 * meanMs) this.#usualMs *= 0.95
    return usualMs
  }
}

const WARM_UP = 10

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value))
