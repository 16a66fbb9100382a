import type { ObservedEnd, Observer } from '@kumquat/core'
import { type Histogram, histogram, record } from '@kumquat/monitor'

/** What a consumer has counted since it started. Goes from process to process as it is. */
export interface Tally {
  /** Calls that ended. */
  readonly calls: number
  readonly failed: number
  /** Attempts beyond the first of their call. */
  readonly retries: number
  /** Of the calls that failed. */
  readonly codes: Readonly<Record<string, number>>
  /** Attempts that succeeded, by address of the provider. */
  readonly answered: Readonly<Record<string, number>>
  /** Attempts that did not, by address of the provider. */
  readonly refused: Readonly<Record<string, number>>
  /** Of whole calls. */
  readonly durations: Histogram
}

export const emptyTally = (): Tally => ({
  calls: 0,
  failed: 0,
  retries: 0,
  codes: {},
  answered: {},
  refused: {},
  durations: histogram(),
})

/** An observer that keeps a tally. */
export class Tallying implements Observer {
  readonly #tally = emptyTally() as { -readonly [K in keyof Tally]: Tally[K] }
  readonly #codes: Record<string, number> = {}
  readonly #answered: Record<string, number> = {}
  readonly #refused: Record<string, number> = {}

  get tally(): Tally {
    return { ...this.#tally, codes: this.#codes, answered: this.#answered, refused: this.#refused }
  }

  started(): void {}

  ended({ kind, code, durationMs, peer = '', attempt = 1 }: ObservedEnd): void {
    if (kind === 'attempt') {
      if (attempt > 1) this.#tally.retries++
      increment(code === 'ok' ? this.#answered : this.#refused, peer)
    }
    if (kind === 'call') {
      this.#tally.calls++
      if (code !== 'ok') {
        this.#tally.failed++
        increment(this.#codes, code)
      }
      record(this.#tally.durations, durationMs)
    }
  }
}

function increment(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}
