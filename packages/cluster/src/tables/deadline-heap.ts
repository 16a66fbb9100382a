import type { Rng } from '@kumquat/core'

/**
 * Weighted turns, earliest deadline first (gRFC A58): the k-th turn of a peer of weight w is due at (k + 1/2) / w, so a
 * unit of virtual time holds exactly w turns of it. Starts at a turn drawn from one such unit. O(log n) a turn.
 */
export function deadlineHeap(weights: readonly number[], rng: Rng): () => number {
  const start = anyTurn(weights, rng)
  const turns = Float64Array.from(weights, (weight) => Math.max(0, Math.ceil(start * weight - 0.5 - ROUNDING)))
  const due = Float64Array.from(weights, (weight, index) => (turns[index]! + 0.5) / weight)
  const heap = Uint32Array.from(weights, (_, index) => index)
  const before = (a: number, b: number): boolean => due[a]! < due[b]! || (due[a]! === due[b]! && a < b)
  const sink = (from: number): void => {
    const index = heap[from]!
    let hole = from
    for (let child = 2 * hole + 1; child < heap.length; child = 2 * hole + 1) {
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
      if (!before(heap[child]!, index)) break
      heap[hole] = heap[child]!
      hole = child
    }
    heap[hole] = index
  }
  for (let i = heap.length >> 1; i >= 0; i--) sink(i)
  return () => {
    const index = heap[0]!
    turns[index]! += 1
    due[index] = (turns[index]! + 0.5) / weights[index]!
    sink(0)
    return index
  }
}

/** The time of a turn drawn uniformly from the turns of all peers in one unit of time: fair to light and heavy alike. */
function anyTurn(weights: readonly number[], rng: Rng): number {
  let draw = rng() * weights.reduce((sum, weight) => sum + weight)
  for (const weight of weights) {
    if (draw < weight) return (Math.floor(draw) + 0.5) / weight
    draw -= weight
  }
  return 0
}

/** Below the distance of two turns (1/10 000), above the error of a division. */
const ROUNDING = 1e-9
