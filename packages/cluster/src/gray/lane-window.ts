import type { Clock } from '@kumquat/core'
import { BUCKETS, bucketOf, edgeOf } from '../windows/duration-buckets.ts'

/** What happened in one lane during the window. */
export interface LaneSample {
  readonly calls: number
  readonly errors: number
  /** How long the n-th fastest of the calls without error took at most, in ms; n from 1 to `calls - errors`. */
  durationAt(rank: number): number
}

/**
 * Calls, errors and durations of the last while, forgotten by tenths. Durations are known to 4.5 %, from 1/16 ms to about
 * 65 s, longer ones count as that; memory is 13 KiB, however many calls.
 */
export class LaneWindow {
  readonly #parts = Array.from({ length: PARTS }, (): Part => emptyPart())
  readonly #partMs: number
  readonly #clock: Clock

  constructor(windowMs: number, clock: Clock) {
    this.#partMs = windowMs / PARTS
    this.#clock = clock
  }

  add(durationMs: number, failed: boolean): void {
    const turn = this.#turn()
    const part = this.#parts[turn % PARTS]!
    if (part.turn !== turn) {
      part.turn = turn
      part.errors = 0
      part.durations.fill(0)
    }
    if (failed) part.errors++
    else part.durations[bucketOf(durationMs)]! += 1
  }

  sample(): LaneSample {
    const oldest = this.#turn() - PARTS + 1
    const recent = this.#parts.filter(({ turn }) => turn >= oldest)
    const errors = recent.reduce((sum, part) => sum + part.errors, 0)
    const upTo = new Float64Array(BUCKETS)
    let durations = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      for (const part of recent) durations += part.durations[bucket]!
      upTo[bucket] = durations
    }
    return {
      calls: durations + errors,
      errors,
      durationAt: (rank) => edgeOf(upTo.findIndex((count) => count >= rank)),
    }
  }

  #turn(): number {
    return Math.floor(this.#clock.now() / this.#partMs)
  }
}

interface Part {
  turn: number
  errors: number
  readonly durations: Uint32Array
}

const PARTS = 10

const emptyPart = (): Part => ({ turn: Number.NEGATIVE_INFINITY, errors: 0, durations: new Uint32Array(BUCKETS) })
