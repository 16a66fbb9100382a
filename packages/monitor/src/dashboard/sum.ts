import { addHistogram, type Histogram, histogram, percentile } from '../histogram.ts'
import type { MethodReading } from './ledger.ts'
import type { Figures, Point } from './model.ts'

/**
 * Adds up readings of many methods and processes. Rates are added, not averaged: each process is divided by the time that
 * its own readings cover, so that one asked a moment later, or restarted, bends nothing.
 */
export class Sum {
  #calls = 0
  #inFlight = 0
  #errors = 0
  #perSecond = 0
  #grayPerSecond = 0
  #errorsPerSecond = 0
  #durations: Histogram | undefined

  get calls(): number {
    return this.#calls
  }

  /** `seconds`: the time in which the process of this reading was watched. */
  add({ calls, errors, gray, histogram: durations }: MethodReading, seconds: number): void {
    if (calls === 0) return
    this.#calls += calls
    this.#errors += errors
    this.#durations = addHistogram(this.#durations ?? histogram(), durations)
    if (seconds === 0) return
    this.#perSecond += calls / seconds
    this.#errorsPerSecond += errors / seconds
    if (gray) this.#grayPerSecond += calls / seconds
  }

  /** Adds calls in flight: only the last reading knows how many there are. */
  hold(inFlight: number): void {
    this.#inFlight += inFlight
  }

  merge(other: Sum): void {
    this.#calls += other.#calls
    this.#inFlight += other.#inFlight
    this.#errors += other.#errors
    this.#perSecond += other.#perSecond
    this.#grayPerSecond += other.#grayPerSecond
    this.#errorsPerSecond += other.#errorsPerSecond
    if (other.#durations !== undefined) {
      this.#durations = addHistogram(this.#durations ?? histogram(), other.#durations)
    }
  }

  /** `calls`: all since the dashboard first saw it, which is more than this sum holds. */
  figures(calls: number): Figures {
    return {
      callsPerSecond: round(this.#perSecond),
      errorRatio: this.#calls === 0 ? 0 : round(this.#errors / this.#calls, 5),
      ...this.#percentiles(),
      calls,
      inFlight: this.#inFlight,
    }
  }

  point(at: number): Point {
    return {
      at,
      callsPerSecond: round(this.#perSecond),
      grayPerSecond: round(this.#grayPerSecond),
      errorsPerSecond: round(this.#errorsPerSecond),
      ...this.#percentiles(),
    }
  }

  #percentiles(): Pick<Figures, 'p50Ms' | 'p95Ms' | 'p99Ms'> {
    const of = (q: number): number | null => {
      const ms = this.#durations === undefined ? null : percentile(this.#durations, q)
      return ms === null ? null : round(ms, 3)
    }
    return { p50Ms: of(0.5), p95Ms: of(0.95), p99Ms: of(0.99) }
  }
}

/** Shorter JSON: nobody sees more digits. */
const round = (value: number, digits = 2): number => Number(value.toFixed(digits))
