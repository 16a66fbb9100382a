import type { RpcErrorCode } from '@kumquat/core'
import { type Percentiles, percentiles } from './percentiles.ts'

/** The calls made within a part of a run. */
export interface Slice extends Percentiles {
  readonly fromMs: number
  readonly calls: number
  /** Or unfinished. */
  readonly failed: number
}

/** When each call of a run was made and how it ended; takes a million without burdening the heap. */
export class CallLog {
  #made = new Float64Array(1_024)
  #latency = new Float64Array(1_024)
  #size = 0
  readonly failures: Partial<Record<RpcErrorCode, number>> = {}

  /** A call is made; returns its number. */
  begin(nowMs: number): number {
    if (this.#size === this.#made.length) {
      this.#made = grown(this.#made)
      this.#latency = grown(this.#latency)
    }
    this.#made[this.#size] = nowMs
    this.#latency[this.#size] = UNFINISHED
    return this.#size++
  }

  succeed(call: number, nowMs: number): void {
    this.#latency[call] = nowMs - this.#made[call]!
  }

  fail(call: number, code: RpcErrorCode): void {
    this.#latency[call] = FAILED
    this.failures[code] = (this.failures[code] ?? 0) + 1
  }

  get calls(): number {
    return this.#size
  }

  count(ended: 'failed' | 'unfinished'): number {
    const mark = ended === 'failed' ? FAILED : UNFINISHED
    return this.#latency.subarray(0, this.#size).reduce((count, latency) => count + (latency === mark ? 1 : 0), 0)
  }

  get latencyMs(): Percentiles {
    return percentiles(this.#latency.slice(0, this.#size))
  }

  /** The calls by the time at which they were made, in slices of `sliceMs` from `fromMs` on. */
  slices(fromMs: number, sliceMs: number): readonly Slice[] {
    const slices: Slice[] = []
    // Calls are in the order in which they were made.
    for (let begin = 0, startMs = fromMs; begin < this.#size; startMs += sliceMs) {
      let end = begin
      while (end < this.#size && this.#made[end]! < startMs + sliceMs) end++
      const part = this.#latency.slice(begin, end)
      const failed = part.reduce((count, latency) => count + (latency < 0 ? 1 : 0), 0)
      slices.push({ fromMs: startMs, calls: end - begin, failed, ...percentiles(part) })
      begin = end
    }
    return slices
  }
}

const FAILED = -1
const UNFINISHED = -2

function grown(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2)
  larger.set(array)
  return larger
}
