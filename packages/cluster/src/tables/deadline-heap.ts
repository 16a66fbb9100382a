import type { Rng } from '@kumquat/core'

/**
 * Weighted turns, earliest deadline first (gRFC A58): the k-th turn of index i, of weight w, is due at (k + 1/2) / w, so a
 * unit of virtual time holds exactly w of them; at one moment the lower index goes first. O(log n) a turn.
 */
export function deadlineHeap(weights: readonly number[], rng: Rng): () => number {
  const start = anyTurn(weights, rng)
  const turns = Float64Array.from(weights, (weight, index) => turnsBefore(start, index, weight))
  const due = Float64Array.from(weights, (weight, index) => dueAt(turns[index]!, weight))
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
    due[index] = dueAt(turns[index]!, weights[index]!)
    sink(0)
    return index
  }
}

interface Turn {
  readonly at: number
  readonly index: number
}

const dueAt = (turn: number, weight: number): number => (turn + 0.5) / weight

/** A turn drawn uniformly from all of one unit of time: to begin there favours neither the light nor the heavy. */
function anyTurn(weights: readonly number[], rng: Rng): Turn {
  let draw = rng() * weights.reduce((sum, weight) => sum + weight)
  for (const [index, weight] of weights.entries()) {
    if (draw < weight) return { at: dueAt(Math.floor(draw), weight), index }
    draw -= weight
  }
  // Rounding took the draw to the very end, which is the beginning.
  return { at: 0, index: 0 }
}

/** How many turns of an index come before the turn of `start`. */
function turnsBefore(start: Turn, index: number, weight: number): number {
  let turn = Math.max(0, Math.floor(start.at * weight) - 1)
  while (dueAt(turn, weight) < start.at || (dueAt(turn, weight) === start.at && index < start.index)) turn++
  return turn
}
