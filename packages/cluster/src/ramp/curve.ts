import { assertInteger, assertWithin } from '../range.ts'

export interface CurveOptions {
  /** Moments at which weights change on the way up, 1 to 100. Default 10. */
  readonly steps?: number
  /** Below 1 the weight grows late, above 1 early, at 1 evenly: 0.1 to 10. Default 1. */
  readonly aggression?: number
  /** Least share of its weight that a peer begins with, 1 to 100. Default 10. */
  readonly floorPercent?: number
  /**
   * How many times their usual share the others may have to bear meanwhile, 1 to 100: beyond that, those on the way up
   * take more. Default 2.
   */
  readonly maxSurge?: number
}

export interface Curve {
  readonly steps: number
  /** The part of its weight that one has after `elapsedMs` of `durationMs`. */
  factor(elapsedMs: number, durationMs: number): number
  /** Raises all so that the highest is 1, and the lower ones until the others can bear it. */
  level(factors: readonly number[], weights: readonly number[]): readonly number[]
}

/**
 * How a weight grows. Envoy's slow start (docs: load_balancing/slow_start): weight × max(floor, time^(1/aggression)).
 *
 * @throws RangeError on an option out of range.
 */
export function curve({ steps = 10, aggression = 1, floorPercent = 10, maxSurge = 2 }: CurveOptions): Curve {
  assertInteger('steps', steps, 1, 100)
  assertWithin('aggression', aggression, 0.1, 10)
  assertWithin('floorPercent', floorPercent, 1, 100)
  assertWithin('maxSurge', maxSurge, 1, 100)
  return {
    steps,
    factor(elapsedMs, durationMs) {
      if (elapsedMs >= durationMs - TICK_MS) return 1
      return Math.max(floorPercent / 100, (elapsedMs / durationMs) ** (1 / aggression))
    },
    level(factors, weights) {
      const highest = factors.reduce((most, factor, index) => (weights[index]! > 0 ? Math.max(most, factor) : most), 0)
      const compared = highest === 0 ? factors : factors.map((factor) => Math.min(1, factor / highest))
      const full = weights.reduce((sum, weight) => sum + weight, 0)
      const borne = compared.reduce((sum, factor, index) => sum + factor * weights[index]!, 0)
      const lacking = full / maxSurge - borne
      if (lacking <= 0) return compared
      const raise = lacking / (full - borne)
      return compared.map((factor) => factor + raise * (1 - factor))
    },
  }
}

/** Timers may come this much early. */
const TICK_MS = 1
