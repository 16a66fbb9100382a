import { decay } from './decay.ts'

/** The part of the latest calls of a peer that succeeded, 1/1024 to 1. Failures fade with time, too: it gets another chance. */
export class Trust {
  readonly #forgetMs: number
  #part = 1
  #since = 0

  constructor(forgetMs: number) {
    this.#forgetMs = forgetMs
  }

  at(now: number): number {
    if (this.#part === 1) return 1
    return Math.max(LEAST, 1 - (1 - this.#part) * decay((now - this.#since) / this.#forgetMs))
  }

  add(success: boolean, now: number): void {
    const part = this.at(now)
    this.#part = part + ((success ? 1 : 0) - part) * LATEST
    this.#since = now
  }
}

const LEAST = 1 / 1024
/** The part of the latest call: fast to see a peer that fails all, calm about one that fails some. */
const LATEST = 1 / 8
