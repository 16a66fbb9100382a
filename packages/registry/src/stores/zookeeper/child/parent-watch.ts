import { type Clock, every } from '@kumquat/core'

export interface ParentWatchOptions {
  readonly clock: Clock
  /** How long the parent may be silent before it counts as hung. In ms. */
  readonly hungAfterMs: number
  /** Asks the parent for a sign of life. */
  ask(): void
  hung(): void
  /** It was hung, and is no more. */
  back(): void
}

/** In how many looks a parent must not have answered. */
const LOOKS = 10

/**
 * Whether the event loop of the parent still turns. Counts looks, not time: those that this process did not make, because it
 * was frozen itself or the machine slept, are not held against the parent.
 */
export class ParentWatch {
  readonly #options: ParentWatchOptions
  readonly #looking: Disposable
  #unanswered = 0

  constructor(options: ParentWatchOptions) {
    this.#options = options
    this.#looking = every(options.clock, options.hungAfterMs / LOOKS, () => this.#look())
  }

  /** The parent has said something. */
  heard(): void {
    const wasHung = this.#unanswered > LOOKS
    this.#unanswered = 0
    if (wasHung) this.#options.back()
  }

  [Symbol.dispose](): void {
    this.#looking[Symbol.dispose]()
  }

  /** Asks once: the question waits in the channel until it is read. */
  #look(): void {
    if (this.#unanswered === 0) this.#options.ask()
    if (this.#unanswered === LOOKS) this.#options.hung()
    if (this.#unanswered <= LOOKS) this.#unanswered += 1
  }
}
